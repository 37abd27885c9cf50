import type { ConnectionConfig } from '@windlass/client';
import { WebSocket } from 'ws';

/** Runs a command in a pod through the API server, as kubectl does (v5.channel.k8s.io). @returns ms until its end was told */
export function execRoundTrip(config: ConnectionConfig, namespace: string, pod: string, command: string[]): Promise<number> {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`, config.server);
  const started = performance.now();
  const socket = new WebSocket(`${url}`.replace(/^http/, 'ws'), 'v5.channel.k8s.io', {
    ca: config.ca,
    cert: config.cert,
    key: config.key,
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(performance.now() - started));
  });
}

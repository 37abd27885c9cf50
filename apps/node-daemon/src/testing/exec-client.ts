import type { TestApiServer } from '@windlass/testkit';
import { WebSocket } from 'ws';

export interface ExecOutcome {
  stdout: string;
  stderr: string;
  code: number;
}

/** Runs a command in a container as kubectl 1.32 does: pods/exec over a WebSocket with v5.channel.k8s.io. */
export function execInPod(
  api: TestApiServer,
  { pod, container, command, stdin }: { pod: string; container: string; command: string[]; stdin?: Buffer },
): Promise<ExecOutcome> {
  const query = new URLSearchParams([
    ['container', container],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ]);
  if (stdin) query.set('stdin', 'true');
  for (const word of command) query.append('command', word);
  const url = `wss://127.0.0.1:${api.port}/api/v1/namespaces/default/pods/${pod}/exec?${query}`;
  const socket = new WebSocket(url, 'v5.channel.k8s.io', {
    ca: api.pki.caCert,
    headers: { authorization: 'Bearer admin-token' },
  });
  const outputs: Buffer[][] = [[], [], [], []];
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      if (!stdin) return;
      for (let at = 0; at < stdin.length; at += 32_768)
        socket.send(Buffer.concat([Buffer.from([0]), stdin.subarray(at, at + 32_768)]));
      socket.send(Buffer.from([255, 0]));
    });
    socket.on('message', (message: Buffer) => outputs[message[0]!]?.push(message.subarray(1)));
    socket.on('close', () => {
      const [, stdout, stderr, error] = outputs.map((parts) => Buffer.concat(parts).toString('utf8'));
      const status = JSON.parse(error || '{}') as {
        status?: string;
        message?: string;
        details?: { causes?: { reason: string; message: string }[] };
      };
      const exit = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
      if (status.status !== 'Success' && exit === undefined) return reject(new Error(status.message ?? 'no status'));
      resolve({ stdout: stdout!, stderr: stderr!, code: Number(exit ?? 0) });
    });
  });
}

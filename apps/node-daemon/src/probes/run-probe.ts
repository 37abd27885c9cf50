import net from 'node:net';
import { type CriClient, CriError, grpcHealth } from '@windlass/host';
import type { Container, HTTPGetAction, Probe } from '@windlass/resources';
import { dialError, httpGet } from './http-get.ts';

export interface ProbeAnswer {
  result: 'success' | 'failure' | 'unknown';
  /** What the probe saw, for the event. */
  output: string;
  warning?: boolean;
}

/** A port by number or by its name in the container. @throws Error */
export function resolvePort(port: number | string, container: Container): number {
  if (typeof port === 'number' || /^\d+$/.test(port)) return Number(port);
  const named = container.ports?.find(({ name }) => name === port);
  if (!named) throw new Error(`couldn't find port: ${port}`);
  return named.containerPort;
}

/** URL of an httpGet action. */
export function httpUrl(action: HTTPGetAction, container: Container, podIp: string): string {
  const host = action.host || podIp;
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = action.path ?? '';
  const url = `${scheme}://${net.isIPv6(host) ? `[${host}]` : host}:${resolvePort(action.port, container)}`;
  return url + (path.startsWith('/') ? path : `/${path}`);
}

/** One try of a probe, within its timeout. Never rejects: what cannot be asked is `unknown`. */
export async function runProbe(
  probe: Probe,
  container: Container,
  id: string,
  podIp: string,
  cri: CriClient,
): Promise<ProbeAnswer> {
  const seconds = probe.timeoutSeconds ?? 1;
  try {
    if (probe.exec) return await execProbe(cri, id, probe.exec.command ?? [], seconds);
    if (probe.httpGet) return await httpProbe(probe.httpGet, container, podIp, seconds * 1000);
    if (probe.tcpSocket) {
      const host = probe.tcpSocket.host || podIp;
      return await tcpProbe(host, resolvePort(probe.tcpSocket.port, container), seconds * 1000);
    }
    if (probe.grpc) return await grpcProbe(`${podIp}:${probe.grpc.port}`, probe.grpc.service ?? '', seconds);
    return { result: 'unknown', output: `missing probe handler for ${container.name}` };
  } catch (error) {
    return { result: 'unknown', output: error instanceof Error ? error.message : String(error) };
  }
}

async function execProbe(cri: CriClient, id: string, command: string[], seconds: number): Promise<ProbeAnswer> {
  try {
    const { stdout, stderr, exitCode } = await cri.execSync(id, command, seconds);
    const output = Buffer.concat([stdout, stderr])
      .subarray(0, 10 * 1024)
      .toString('utf8');
    return { result: exitCode === 0 ? 'success' : 'failure', output };
  } catch (error) {
    const timedOut = error instanceof CriError && (error.code === 4 || /timeout .* exceeded/.test(error.message));
    if (!timedOut) throw error;
    return { result: 'failure', output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${seconds}s` };
  }
}

async function httpProbe(action: HTTPGetAction, container: Container, podIp: string, timeoutMs: number): Promise<ProbeAnswer> {
  const url = httpUrl(action, container, podIp);
  try {
    const { status, body, redirectedTo } = await httpGet({ url, headers: action.httpHeaders ?? [], timeoutMs });
    if (redirectedTo) return { result: 'success', warning: true, output: `Probe terminated redirects, Response body: ${body}` };
    if (status >= 200 && status < 400) return { result: 'success', output: body };
    return { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    return { result: 'failure', output: (error as Error).message };
  }
}

function tcpProbe(host: string, port: number, timeoutMs: number): Promise<ProbeAnswer> {
  const address = net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (answer: ProbeAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end({ result: 'failure', output: `dial tcp ${address}: i/o timeout` }), timeoutMs);
    socket.on('connect', () => end({ result: 'success', output: '' }));
    socket.on('error', (error) => end({ result: 'failure', output: dialError(error, address) }));
  });
}

const UNIMPLEMENTED = 12;
const DEADLINE_EXCEEDED = 4;

async function grpcProbe(address: string, service: string, seconds: number): Promise<ProbeAnswer> {
  try {
    const status = await grpcHealth(address, service, seconds * 1000);
    if (status === 'SERVING') return { result: 'success', output: 'service healthy' };
    return { result: 'failure', output: `service unhealthy (responded with ${JSON.stringify(status)})` };
  } catch (error) {
    const { code, details } = error as { code?: number; details?: string };
    if (code === UNIMPLEMENTED)
      return {
        result: 'failure',
        output: `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${details}`,
      };
    if (code === DEADLINE_EXCEEDED || code === 14)
      return {
        result: 'failure',
        output: `timeout: failed to connect service ${JSON.stringify(address)} within ${seconds}s: context deadline exceeded`,
      };
    return { result: 'failure', output: `error: health rpc probe failed: ${details}` };
  }
}

import type { CriClient } from '@windlass/host';
import { CriError } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Container, LifecycleHandler } from '@windlass/resources';
import { httpGet } from '../probes/http-get.ts';
import { httpUrl } from '../probes/run-probe.ts';

const HTTP_TIMEOUT_MS = 30_000;

/** Runs a lifecycle handler to its end, or until `signal` aborts. @throws Error when it fails; the message is for the event */
export async function runHook(
  handler: LifecycleHandler,
  container: Container,
  id: string,
  podIp: string,
  cri: CriClient,
  signal: AbortSignal,
): Promise<void> {
  if (handler.sleep) return sleep(handler.sleep.seconds * 1000, signal);
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('context deadline exceeded')), { once: true }),
  );
  aborted.catch(() => {});
  if (handler.exec) return Promise.race([execHook(cri, id, handler.exec.command ?? []), aborted]);
  if (handler.httpGet) {
    const request = {
      url: httpUrl(handler.httpGet, container, podIp),
      headers: handler.httpGet.httpHeaders ?? [],
      timeoutMs: HTTP_TIMEOUT_MS,
    };
    const { status } = await Promise.race([httpGet(request), aborted]);
    if (status >= 400) throw new Error(`HTTP hook failed with status code: ${status}`);
    return;
  }
  throw new Error(`invalid handler: ${JSON.stringify(handler)}`);
}

async function execHook(cri: CriClient, id: string, command: string[]): Promise<void> {
  try {
    const { stdout, stderr, exitCode } = await cri.execSync(id, command);
    if (exitCode === 0) return;
    const output = JSON.stringify(Buffer.concat([stdout, stderr]).toString('utf8'));
    throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output}`);
  } catch (error) {
    throw error instanceof CriError ? new Error(`rpc error: ${error.message}`) : error;
  }
}

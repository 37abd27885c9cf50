import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where events are posted as audit.k8s.io/v1 EventList. */
export interface AuditWebhook {
  url: string;
  /** PEM. */
  ca?: string;
  token?: string;
  /** Default 400. */
  batchSize?: number;
  /** Longest time that an event waits for others. Default 30. */
  batchSeconds?: number;
}

const MOST_WAITING = 10_000;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 10_000;

export interface Batches {
  /** @param event serialized */
  add(event: string): void;
  /** Posts what is left. */
  close(): Promise<void>;
}

function post({ url, ca, token }: AuditWebhook, agent: https.Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const request = https.request(
      url,
      { method: 'POST', agent, ca, headers, signal: AbortSignal.timeout(30_000) },
      (response) => {
        response.resume();
        const code = response.statusCode ?? 0;
        response.on('end', () => (code >= 200 && code < 300 ? resolve() : reject(new Error(`audit webhook answered ${code}`))));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Collects events and posts them together, one post at a time; what the far end does not take after some attempts is lost. */
export function webhookBatches(webhook: AuditWebhook, lost: (events: number, error?: unknown) => void): Batches {
  const { batchSize = 400, batchSeconds = 30 } = webhook;
  const agent = new https.Agent({ keepAlive: true });
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending = Promise.resolve();
  let closed = false;

  async function send(events: readonly string[]): Promise<void> {
    const body = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${events.join(',')}]}`;
    for (let attempt = 1, pause = FIRST_PAUSE_MS; ; attempt++, pause *= 1.5)
      try {
        return await post(webhook, agent, body);
      } catch (error) {
        if (attempt === ATTEMPTS || closed) return lost(events.length, error);
        await sleep(pause, undefined, { ref: false });
      }
  }
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    if (events.length > 0) sending = sending.then(() => send(events));
  };
  return {
    add(event) {
      if (waiting.length >= MOST_WAITING) return lost(1);
      waiting.push(event);
      if (waiting.length >= batchSize) flush();
      else timer ??= setTimeout(flush, batchSeconds * 1000).unref();
    },
    async close() {
      closed = true;
      flush();
      await sending;
      agent.destroy();
    },
  };
}

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { decodeMultiStream, ExtData, encode } from '@msgpack/msgpack';
import type { LogRecord, LogSink } from './sink.ts';

export interface FluentdOptions {
  host: string;
  /** Default 24224. */
  port?: number;
  /** `{namespace}`, `{pod}`, `{container}`, `{node}` are replaced. Default `windlass.{namespace}.{pod}.{container}`. */
  tag?: string;
  tls?: { caPem?: string; serverName?: string };
  /** How long to wait for an acknowledgement, in ms. Default 10 s. */
  ackTimeoutMs?: number;
}

/** Forward protocol EventTime: ext type 0, seconds and nanoseconds as 32-bit big endian. */
export function eventTime(rfc3339: string): ExtData {
  const fraction = /\.(\d+)/.exec(rfc3339)?.[1] ?? '';
  const data = Buffer.alloc(8);
  data.writeUInt32BE(Math.floor(Date.parse(rfc3339) / 1000), 0);
  data.writeUInt32BE(Number(fraction.slice(0, 9).padEnd(9, '0')), 4);
  return new ExtData(0, data);
}

/** The record as Docker's fluentd driver and Fluent Bit's kubernetes filter name its fields. */
export const fluentRecord = (record: LogRecord) => ({
  log: record.message,
  source: record.stream,
  container_id: record.containerId,
  container_name: record.container,
  ...(record.partial ? { partial_message: 'true' } : {}),
  kubernetes: {
    namespace_name: record.namespace,
    pod_name: record.pod,
    pod_id: record.podUid,
    container_name: record.container,
    container_image: record.image,
    host: record.node,
    labels: record.labels,
  },
});

/** A fluentd forward endpoint (Forward Protocol Specification v1, Forward mode) with `chunk` acknowledgement. */
export class FluentdSink implements LogSink {
  readonly #options: FluentdOptions;
  #socket: Socket | undefined;
  readonly #waiting = new Map<string, () => void>();
  #fail: ((error: Error) => void) | undefined;

  constructor(options: FluentdOptions) {
    this.#options = options;
  }

  async send(records: readonly LogRecord[], signal: AbortSignal): Promise<void> {
    for (const [tag, group] of Map.groupBy(records, (record) => this.#tag(record))) await this.#sendGroup(tag, group, signal);
  }

  #tag(record: LogRecord): string {
    const template = this.#options.tag ?? 'windlass.{namespace}.{pod}.{container}';
    return template.replace(
      /\{(namespace|pod|container|node)\}/g,
      (_, key: 'namespace' | 'pod' | 'container' | 'node') => record[key],
    );
  }

  async #sendGroup(tag: string, records: LogRecord[], signal: AbortSignal): Promise<void> {
    const chunk = randomBytes(16).toString('base64');
    const entries = records.map((record) => [eventTime(record.time), fluentRecord(record)]);
    const message = encode([tag, entries, { chunk, size: entries.length }]);
    const timeout = AbortSignal.timeout(this.#options.ackTimeoutMs ?? 10_000);
    const either = AbortSignal.any([signal, timeout]);
    try {
      const socket = await this.#connected(either);
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        this.#waiting.set(chunk, resolve);
        either.addEventListener('abort', () => reject(new Error('no acknowledgement in time')), { once: true });
        socket.write(message);
      });
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#waiting.delete(chunk);
      this.#fail = undefined;
    }
  }

  async #connected(signal: AbortSignal): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const { host, port = 24224, tls } = this.#options;
    const socket = tls ? connectTls({ host, port, ca: tls.caPem, servername: tls.serverName ?? host }) : connect({ host, port });
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once(tls ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      signal.addEventListener('abort', () => reject(new Error(`no connection to ${host}:${port} in time`)), { once: true });
    });
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#fail?.(error));
    socket.on('close', () => this.#fail?.(new Error(`${host}:${port} closed the connection`)));
    void this.#readAcks(socket);
    return socket;
  }

  async #readAcks(socket: Socket): Promise<void> {
    try {
      for await (const answer of decodeMultiStream(socket)) this.#waiting.get((answer as { ack?: string }).ack ?? '')?.();
    } catch (error) {
      this.#fail?.(error as Error);
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

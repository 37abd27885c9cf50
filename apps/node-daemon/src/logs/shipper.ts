import type { LogRecord, LogSink } from '@windlass/host';
import { type Logger, sleep } from '@windlass/platform';
import type { LogFile } from './log-files.ts';
import type { Positions } from './positions.ts';
import { readLines } from './read-lines.ts';

/** What a line's record takes from its pod. */
export interface PodFacts {
  labels: Readonly<Record<string, string>>;
  containerId: string;
  image: string;
}

const BATCH = 1000;

/** Brings the lines of its files to one sink, in order per file, and keeps trying the same lines until the sink has taken them. */
export class Shipper {
  readonly #name: string;
  readonly #sink: LogSink;
  readonly #positions: Positions;
  readonly #node: string;
  readonly #logger: Logger;

  constructor(name: string, sink: LogSink, positions: Positions, node: string, logger: Logger) {
    this.#name = name;
    this.#sink = sink;
    this.#positions = positions;
    this.#node = node;
    this.#logger = logger;
  }

  /** true when the sink has taken everything that the file held at the last look. */
  isShipped(file: LogFile): boolean {
    return this.#positions.get(this.#name, file.id) >= file.size;
  }

  /** Ships what is new in `files`. Resolves when all was taken; rejects only when `signal` aborts. */
  async ship(files: readonly LogFile[], facts: (file: LogFile) => PodFacts, signal: AbortSignal): Promise<void> {
    let batch: LogRecord[] = [];
    let ends = new Map<string, number>();
    const flush = async () => {
      if (batch.length > 0) await this.#deliver(batch, signal);
      for (const [id, end] of ends) this.#positions.set(this.#name, id, end);
      if (ends.size > 0) await this.#positions.save();
      batch = [];
      ends = new Map();
    };
    for (const file of files) {
      let offset = this.#positions.get(this.#name, file.id);
      while (offset < file.size) {
        const { lines, end } = await readLines(file.path, offset).catch(() => ({ lines: [], end: offset }));
        if (end === offset) break;
        const base = { ...pick(file), ...facts(file), node: this.#node };
        for (const line of lines) batch.push({ ...base, ...line });
        offset = end;
        ends.set(file.id, end);
        if (batch.length >= BATCH) await flush();
      }
    }
    await flush();
  }

  async #deliver(batch: readonly LogRecord[], signal: AbortSignal): Promise<void> {
    for (let delay = 200; ; delay = Math.min(delay * 2, 5_000)) {
      try {
        await this.#sink.send(batch, signal);
        return;
      } catch (err) {
        signal.throwIfAborted();
        if (delay === 200) this.#logger.warn({ err, sink: this.#name }, 'log sink does not take lines, keeping them');
        await sleep(delay, signal);
        signal.throwIfAborted();
      }
    }
  }

  close(): void {
    this.#sink.close();
  }
}

const pick = ({ namespace, pod, podUid, container }: LogFile) => ({ namespace, pod, podUid, container });

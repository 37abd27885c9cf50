import { sleep } from '@windlass/platform';
import { CHANNEL } from './schema.ts';
import { Session } from './session.ts';

export interface ListenerOptions {
  url: string;
  name: string;
  /** Pause between looks at the counter when no notification comes, in ms. */
  pollMs: number;
  /** Told of every revision heard of; also after each (re)connection, when anything may have been missed. */
  onRevision(revision: number): void;
}

/** Hears of new revisions: LISTEN while it works, a look at the counter every `pollMs` in any case. Reconnects for ever. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #session: Session;
  readonly #abort = new AbortController();
  readonly #loop: Promise<void>;
  #wake = new AbortController();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#session = new Session(options.url, `${options.name}/listener`, `LISTEN ${CHANNEL}`, () => this.#wake.abort());
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    const signal = this.#abort.signal;
    const listening = new WeakSet<object>();
    while (!signal.aborted) {
      try {
        const client = await this.#session.client(this.#options.pollMs);
        if (!listening.has(client)) {
          listening.add(client);
          client.on('notification', ({ payload }) => this.#options.onRevision(Number(payload)));
        }
        const { rows } = await client.query('SELECT revision FROM store_state');
        this.#options.onRevision(rows[0].revision);
        this.#wake = new AbortController();
        await sleep(this.#options.pollMs, AbortSignal.any([signal, this.#wake.signal]));
      } catch {
        // A broken connection has left the session; a living one with a strange error is tried again.
        await sleep(50, signal);
      }
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#session.close();
    await this.#loop;
  }
}

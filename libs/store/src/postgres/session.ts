import pg from 'pg';
import { StoreClosedError } from '../errors.ts';
import { clientConfig, retrying } from './connect.ts';

/** One connection that is made when needed and made again after it broke. */
export class Session {
  readonly #url: string;
  readonly #name: string;
  readonly #setup: string;
  readonly #onLost: () => void;
  readonly #abort = new AbortController();
  #client: pg.Client | undefined;
  #connecting: Promise<pg.Client> | undefined;

  /** `setup` is run on every new connection; `onLost` is told when one breaks. */
  constructor(url: string, name: string, setup: string, onLost: () => void = () => {}) {
    this.#url = url;
    this.#name = name;
    this.#setup = setup;
    this.#onLost = onLost;
  }

  get closed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** The living connection. @throws StoreUnavailableError when there is none within `patienceMs` */
  client(patienceMs: number): Promise<pg.Client> {
    if (this.closed) return Promise.reject(new StoreClosedError());
    if (this.#client) return Promise.resolve(this.#client);
    this.#connecting ??= retrying(() => this.#connect(), patienceMs, this.#abort.signal).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client(clientConfig(this.#url, this.#name));
    const lost = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#onLost();
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      if (this.#setup) await client.query(this.#setup);
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    if (this.closed) {
      client.end().catch(() => {});
      throw new StoreClosedError();
    }
    this.#client = client;
    return client;
  }

  /** Gives up a connection whose state is not known; the next {@link client} makes a new one. */
  drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    client.end().catch(() => {});
  }

  async close(): Promise<void> {
    this.#abort.abort();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}

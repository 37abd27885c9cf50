import { run } from '../process/index.ts';
import type { TableModel } from './table-model.ts';

export interface ApplyResult {
  /** The whole table was written anew (first time, or repair). */
  whole: boolean;
  tookMs: number;
}

/** Such a script leaves chains and declarations as they are. */
const onlyElements = (script: string) => !/^(add|flush|delete) (chain|rule|set|map) /m.test(script);

/**
 * Keeps one nftables table of the kernel equal to a model. Calls are serialized; callers change the model, then await {@link apply}.
 * A script that the kernel refuses changes nothing; the next apply then writes the whole table.
 */
export class NftTable {
  readonly model: TableModel;
  /** Command prefix for another network namespace. */
  readonly #prefix: readonly string[];
  /** Chains and declarations as the kernel printed them after our last write; undefined: table gone. */
  #seen: string | undefined;
  #written = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(model: TableModel, prefix: readonly string[] = []) {
    this.model = model;
    this.#prefix = prefix;
  }

  /** Writes what changed. @throws CommandError when nft refuses */
  apply(): Promise<ApplyResult | undefined> {
    return this.#serial(async () => {
      const whole = !this.#written;
      const script = whole ? this.model.whole() : this.model.changes();
      if (!script) return undefined;
      this.model.commit();
      const started = performance.now();
      try {
        await this.#nft(['-f', '-'], script);
        this.#written = true;
      } catch (error) {
        this.#written = false;
        throw error;
      }
      if (whole || !onlyElements(script)) void this.#serial(() => this.#look());
      return { whole, tookMs: performance.now() - started };
    });
  }

  /**
   * Compares chains and set declarations (cheap), or with `deep` the number of elements too, with what we wrote; writes the whole table
   * when somebody else changed it. @returns whether it had to
   */
  async repair(deep = false): Promise<boolean> {
    const intact = await this.#serial(async () => {
      if (!this.#written) return false;
      const now = await this.#structure();
      if (now === undefined || now !== this.#seen) this.#written = false;
      if (this.#written && deep && !(await this.#sameElements())) this.#written = false;
      return this.#written;
    });
    if (intact) return false;
    await this.apply();
    return true;
  }

  /** Deletes the table. */
  remove(): Promise<void> {
    return this.#serial(async () => {
      this.#written = false;
      await this.#nft(['delete', 'table', ...this.#name], undefined, [1]);
    });
  }

  get #name(): [string, string] {
    return [this.model.declaration.family, this.model.declaration.name];
  }

  /** Not part of apply's own time: it delays only the next one. */
  async #look(): Promise<void> {
    this.#seen = await this.#structure();
  }

  async #structure(): Promise<string | undefined> {
    const { stdout, code } = await this.#nft(['-t', 'list', 'table', ...this.#name], undefined, [1]);
    return code === 0 ? stdout : undefined;
  }

  async #sameElements(): Promise<boolean> {
    for (const [name, { kind }] of Object.entries(this.model.declaration.sets)) {
      const { stdout, code } = await this.#nft(['-j', 'list', kind, ...this.#name, name], undefined, [1]);
      if (code !== 0) return false;
      const listed = JSON.parse(stdout) as { nftables: Record<string, { elem?: unknown[] }>[] };
      if ((listed.nftables.find((entry) => entry[kind])?.[kind]?.elem?.length ?? 0) !== this.model.entries(name).size)
        return false;
    }
    return true;
  }

  #nft(args: readonly string[], input?: string, okCodes: readonly number[] = []) {
    const [command, ...rest] = [...this.#prefix, 'nft', ...args];
    return run(command!, rest, { input, okCodes, timeoutMs: 60_000 });
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work, work);
    this.#queue = next.catch(() => {});
    return next;
  }
}

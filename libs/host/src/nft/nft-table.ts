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
  #seenChains = '';
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
   * Compares the kernel's table with what we wrote and writes it anew when somebody else changed it. `quick`: chains only (some ms at any
   * size); `rules`: with rules and set declarations (150 ms at 5,000 services, because nft reads all elements); `elements`: their number
   * too. @returns whether it had to write
   */
  async repair(depth: 'quick' | 'rules' | 'elements' = 'rules'): Promise<boolean> {
    const intact = await this.#serial(async () => {
      if (!this.#written) return false;
      this.#written =
        (await this.#chains()) === this.#seenChains &&
        (depth === 'quick' || (await this.#structure()) === this.#seen) &&
        (depth !== 'elements' || (await this.#sameElements()));
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
    this.#seenChains = await this.#chains();
    this.#seen = await this.#structure();
  }

  /** The chains of our table, from the list of all chains: unlike a table's list it does not read elements. */
  async #chains(): Promise<string> {
    const { stdout } = await this.#nft(['list', 'chains', this.#name[0]]);
    const start = stdout.indexOf(`table ${this.#name.join(' ')} {`);
    return start < 0 ? '' : stdout.slice(start, stdout.indexOf('\n}', start));
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

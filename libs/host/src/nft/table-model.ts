/** A set, a map or a chain as nft(8) declares it, without its elements. */
export interface TableDeclaration {
  family: 'ip' | 'ip6' | 'inet';
  name: string;
  /** Name → `set` or `map` and the body, e.g. `type ipv4_addr . inet_proto . inet_service : verdict;`. */
  sets: Record<string, SetDeclaration>;
  chains: Record<string, ChainDeclaration>;
}
export interface SetDeclaration {
  kind: 'set' | 'map';
  body: string;
}
export interface ChainDeclaration {
  /** For a base chain: `type nat hook prerouting priority -100;`. */
  base?: string;
  rules: readonly string[];
}

const PER_COMMAND = 2000;

/**
 * What one nftables table should hold, and what of it has changed since the last {@link commit}. Elements are kept one by one, so that
 * a change costs the size of the change. Pure: it makes scripts for `nft -f -`, each of which is one transaction.
 */
export class TableModel {
  readonly declaration: TableDeclaration;
  readonly #elements = new Map<string, Map<string, string>>();
  readonly #chains = new Map<string, readonly string[]>();
  readonly #sets = new Map<string, SetDeclaration>();
  /** Applied value of what changed since; undefined: was not there. */
  readonly #changedElements = new Map<string, Map<string, string | undefined>>();
  readonly #changedChains = new Map<string, readonly string[] | undefined>();
  readonly #changedSets = new Map<string, SetDeclaration | undefined>();

  constructor(declaration: TableDeclaration) {
    this.declaration = declaration;
  }

  /** `value` is the data of a map's element, `''` for a set's. */
  put(set: string, key: string, value = ''): void {
    const held = nested(this.#elements, set);
    const old = held.get(key);
    if (old === value) return;
    this.#remember(set, key, old);
    held.set(key, value);
  }

  drop(set: string, key: string): void {
    const held = this.#elements.get(set);
    const old = held?.get(key);
    if (old === undefined) return;
    this.#remember(set, key, old);
    held!.delete(key);
  }

  get(set: string, key: string): string | undefined {
    return this.#elements.get(set)?.get(key);
  }
  entries(set: string): ReadonlyMap<string, string> {
    return this.#elements.get(set) ?? new Map();
  }

  /** Adds or replaces a chain without hook. */
  putChain(name: string, rules: readonly string[]): void {
    const old = this.#chains.get(name);
    if (old && old.length === rules.length && old.every((rule, i) => rule === rules[i])) return;
    if (!this.#changedChains.has(name)) this.#changedChains.set(name, old);
    this.#chains.set(name, rules);
  }
  dropChain(name: string): void {
    if (!this.#chains.has(name)) return;
    if (!this.#changedChains.has(name)) this.#changedChains.set(name, this.#chains.get(name));
    this.#chains.delete(name);
  }
  /** Adds a set beyond the declared ones; its body cannot change while it exists. */
  putSet(name: string, set: SetDeclaration): void {
    if (this.#sets.has(name)) return;
    if (!this.#changedSets.has(name)) this.#changedSets.set(name, undefined);
    this.#sets.set(name, set);
  }
  dropSet(name: string): void {
    const old = this.#sets.get(name);
    if (!old) return;
    if (!this.#changedSets.has(name)) this.#changedSets.set(name, old);
    this.#sets.delete(name);
    this.#elements.delete(name);
    this.#changedElements.delete(name);
  }

  /** Chains beyond the declared ones. */
  chainNames(): string[] {
    return [...this.#chains.keys()];
  }
  /** Sets beyond the declared ones. */
  setNames(): string[] {
    return [...this.#sets.keys()];
  }

  #remember(set: string, key: string, old: string | undefined): void {
    const changed = nested(this.#changedElements, set);
    if (!changed.has(key)) changed.set(key, old);
  }

  /** Forgets what changed: call when the script that was taken before has been handed over. */
  commit(): void {
    this.#changedElements.clear();
    this.#changedChains.clear();
    this.#changedSets.clear();
  }

  /** From what was last committed to now; `''` when nothing changed. New things first, references next, unreferenced things last. */
  changes(): string {
    const table = `${this.declaration.family} ${this.declaration.name}`;
    const out: string[] = [];
    for (const [name, old] of this.#changedSets) if (!old) out.push(declareSet(table, name, this.#sets.get(name)));
    for (const [name, old] of this.#changedChains) if (!old && this.#chains.has(name)) out.push(`add chain ${table} ${name}`);
    for (const [set, changed] of this.#changedElements) {
      const now = this.#elements.get(set);
      const gone = [...changed].filter(([key, old]) => old !== undefined && now?.get(key) !== old).map(([key]) => key);
      out.push(...chunked('delete element', table, set, gone));
    }
    for (const [name, old] of this.#changedChains) {
      const now = this.#chains.get(name);
      if (old) out.push(`flush chain ${table} ${name}`);
      for (const rule of now ?? []) out.push(`add rule ${table} ${name} ${rule}`);
    }
    for (const [set, changed] of this.#changedElements) {
      const now = this.#elements.get(set);
      const fresh: string[] = [];
      for (const [key, old] of changed) {
        const value = now?.get(key);
        if (value !== undefined && value !== old) fresh.push(elementText(key, value));
      }
      out.push(...chunked('add element', table, set, fresh));
    }
    for (const [name, old] of this.#changedChains) if (old && !this.#chains.has(name)) out.push(`delete chain ${table} ${name}`);
    for (const [name, old] of this.#changedSets)
      if (old && !this.#sets.has(name)) out.push(`delete ${old.kind} ${table} ${name}`);
    return out.filter(Boolean).join('\n');
  }

  /** Replaces whatever table of this name is there. */
  whole(): string {
    const { family, name, sets, chains } = this.declaration;
    const table = `${family} ${name}`;
    const out = [`table ${table} {}`, `delete table ${table}`, `add table ${table}`];
    for (const [set, declared] of [...Object.entries(sets), ...this.#sets]) out.push(declareSet(table, set, declared));
    for (const [chain, { base }] of Object.entries(chains)) out.push(`add chain ${table} ${chain}${base ? ` { ${base} }` : ''}`);
    for (const chain of this.#chains.keys()) out.push(`add chain ${table} ${chain}`);
    const all: [string, readonly string[]][] = [...this.#chains];
    for (const [chain, { rules }] of Object.entries(chains)) all.push([chain, rules]);
    for (const [chain, rules] of all) for (const rule of rules) out.push(`add rule ${table} ${chain} ${rule}`);
    for (const [set, held] of this.#elements)
      out.push(
        ...chunked(
          'add element',
          table,
          set,
          [...held].map(([key, value]) => elementText(key, value)),
        ),
      );
    return out.filter(Boolean).join('\n');
  }
}

function nested<V>(maps: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let found = maps.get(name);
  if (!found) {
    found = new Map();
    maps.set(name, found);
  }
  return found;
}

const elementText = (key: string, value: string) => (value ? `${key} : ${value}` : key);

const declareSet = (table: string, name: string, set: SetDeclaration | undefined): string =>
  set ? `add ${set.kind} ${table} ${name} { ${set.body} }` : '';

function* chunked(command: string, table: string, set: string, elements: readonly string[]): Generator<string> {
  for (let at = 0; at < elements.length; at += PER_COMMAND)
    yield `${command} ${table} ${set} { ${elements.slice(at, at + PER_COMMAND).join(', ')} }`;
}

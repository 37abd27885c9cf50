import type { CelType } from './types.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaque,
  optionalOf,
  param,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
} from './types.ts';
import type { CelValue } from './values.ts';

/** What a function may use beside its arguments. */
export interface CallContext {
  /** Adds to the cost of the evaluation. @throws CelCostError above the budget */
  charge(cost: number): void;
}

export interface Overload {
  /** With `member`, the first is the receiver. */
  args: readonly CelType[];
  member: boolean;
  result: CelType;
  run(args: readonly CelValue[], context: CallContext): CelValue;
}

/** Overloads by function name. */
export type Functions = ReadonlyMap<string, readonly Overload[]>;

const NAMES: Record<string, CelType> = {
  dyn: DYN,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null: NULL,
  timestamp: TIMESTAMP,
  duration: DURATION,
};

/** Reads `list(T)`, `map(K, V)`, `optional(T)`, `type(T)`; one capital letter is a type parameter, a dotted name an opaque type. */
function readType(text: string): CelType {
  const trimmed = text.trim();
  const known = NAMES[trimmed];
  if (known) return known;
  if (/^[A-Z]$/.test(trimmed)) return param(trimmed);
  const generic = /^(list|map|optional|type)\((.*)\)$/.exec(trimmed);
  if (!generic) return opaque(trimmed);
  const inner = splitTypes(generic[2]!).map(readType);
  switch (generic[1]) {
    case 'list':
      return listOf(inner[0]!);
    case 'map':
      return mapOf(inner[0]!, inner[1]!);
    case 'optional':
      return optionalOf(inner[0]!);
  }
  return typeOf(inner[0]!);
}

/** Splits at commas outside parentheses. */
function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of text) {
    if (char === ',' && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    if (char === '(') depth++;
    if (char === ')') depth--;
    part += char;
  }
  return part.trim() ? [...parts, part] : parts;
}

/** Collects overloads by their signatures: `string.(int): string` is a method, `(string): int` a function. */
export class Library {
  readonly functions = new Map<string, Overload[]>();

  /** @param run has the receiver first */
  // biome-ignore lint/suspicious/noExplicitAny: the signature, which the checker enforces, gives the types of the arguments
  def(name: string, signature: string, run: (...args: any[]) => CelValue): this {
    return this.defWith(name, signature, (args) => run(...args));
  }

  /** As {@link def}, with the context of the call. */
  defWith(name: string, signature: string, run: Overload['run']): this {
    const found = /^(?:(.+?)\.)?\((.*)\):\s*([^:]+)$/.exec(signature);
    if (!found) throw new TypeError(`no signature: ${signature}`);
    const [, receiver = ''] = found;
    const member = receiver !== '';
    const args = [...(member ? [receiver] : []), ...splitTypes(found[2]!)].map(readType);
    const overloads = this.functions.get(name) ?? [];
    overloads.push({ args, member, result: readType(found[3]!), run });
    this.functions.set(name, overloads);
    return this;
  }
}

/** Several libraries as one table. */
export function mergeLibraries(...libraries: readonly Library[]): Functions {
  const all = new Map<string, Overload[]>();
  for (const { functions } of libraries)
    for (const [name, overloads] of functions) all.set(name, [...(all.get(name) ?? []), ...overloads]);
  return all;
}

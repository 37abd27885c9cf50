/**
 * A set of field paths as a tree (structured-merge-diff's fieldpath.Set). Path elements are kept as FieldsV1 writes them:
 * `f:name`, `k:{"name":"c"}`, `v:"x"`, `i:0`. Sets are never changed once they left the function that built them.
 */
export class FieldSet {
  /** Whether the path that leads here is itself in the set. */
  member: boolean;
  children: Map<string, FieldSet> | undefined;

  constructor(member = false, children?: Map<string, FieldSet>) {
    this.member = member;
    this.children = children;
  }

  /** For builders only. Empty children are left out. */
  add(element: string, child: FieldSet | undefined): void {
    if (!child?.isUseful()) return;
    this.children ??= new Map();
    this.children.set(element, child);
  }

  private isUseful(): boolean {
    return this.member || this.children !== undefined;
  }

  get empty(): boolean {
    return !this.member && (this.children === undefined || this.children.size === 0);
  }

  /** Whether the path of `elements` is in the set. */
  has(...elements: string[]): boolean {
    let at: FieldSet | undefined = this;
    for (const element of elements) at = at?.children?.get(element);
    return at?.member ?? false;
  }

  union(other: FieldSet): FieldSet {
    if (this === other || other.empty) return this;
    if (this.empty) return other;
    const out = new FieldSet(this.member || other.member, this.children && new Map(this.children));
    for (const [element, child] of other.children ?? []) out.add(element, this.children?.get(element)?.union(child) ?? child);
    return out;
  }

  /** Paths of both. */
  intersection(other: FieldSet): FieldSet {
    const out = new FieldSet(this.member && other.member);
    for (const [element, child] of this.children ?? []) {
      const twin = other.children?.get(element);
      if (twin) out.add(element, child.intersection(twin));
    }
    return out;
  }

  /** Paths that `other` does not have. */
  difference(other: FieldSet): FieldSet {
    if (other.empty) return this;
    const out = new FieldSet(this.member && !other.member);
    for (const [element, child] of this.children ?? []) {
      const twin = other.children?.get(element);
      out.add(element, twin ? child.difference(twin) : child);
    }
    return out;
  }

  /** Paths that `other` has neither itself nor as an ancestor. */
  recursiveDifference(other: FieldSet): FieldSet {
    const out = new FieldSet(this.member);
    for (const [element, child] of this.children ?? []) {
      const twin = other.children?.get(element);
      if (!twin) out.add(element, child);
      else if (!twin.member) out.add(element, child.recursiveDifference(twin));
    }
    return out;
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.member !== other.member || (this.children?.size ?? 0) !== (other.children?.size ?? 0)) return false;
    for (const [element, child] of this.children ?? []) {
      const twin = other.children?.get(element);
      if (!twin || !child.equals(twin)) return false;
    }
    return true;
  }

  /** Every path, in FieldsV1 order. */
  *paths(prefix: string[] = []): Generator<string[]> {
    if (this.member && prefix.length > 0) yield prefix;
    for (const element of sortElements(this.children)) {
      yield* (this.children!.get(element) as FieldSet).paths([...prefix, element]);
    }
  }
}

const RANK: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 };

/** Numbers before their text's order would put them: port 80 before 443. */
function compareJson(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    for (const key of Object.keys(a)) {
      const order = compareJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]);
      if (order !== 0) return order;
    }
    return 0;
  }
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareElements(a: string, b: string): number {
  if (a[0] !== b[0]) return (RANK[a[0] as string] ?? 9) - (RANK[b[0] as string] ?? 9);
  if (a[0] === 'f') return a < b ? -1 : a > b ? 1 : 0;
  return compareJson(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
}

function sortElements(children: Map<string, FieldSet> | undefined): string[] {
  if (!children) return [];
  const elements = [...children.keys()];
  if (elements.length === 1) return elements;
  // Mostly field names, whose order is that of their texts.
  return elements.every((element) => element[0] === 'f') ? elements.sort() : elements.sort(compareElements);
}

/** FieldsV1 JSON: `{}` is the path itself, `.` marks it when there is more below. */
export function fieldsV1Of(set: FieldSet): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const element of sortElements(set.children)) {
    const child = set.children!.get(element) as FieldSet;
    if (!child.children) out[element] = {};
    else {
      const below = fieldsV1Of(child);
      out[element] = child.member ? { '.': {}, ...below } : below;
    }
  }
  return out;
}

/** Inverse of {@link fieldsV1Of}; elements of unknown kinds are skipped, as Kubernetes does. */
export function parseFieldsV1(fields: Record<string, unknown> | undefined | null): FieldSet {
  const set = new FieldSet();
  for (const element in fields ?? {}) {
    if (element === '.' || element[1] !== ':' || RANK[element[0] as string] === undefined) continue;
    const below = (fields as Record<string, unknown>)[element] as Record<string, unknown> | undefined;
    const child = parseFieldsV1(below);
    child.member = !child.children || (below !== undefined && '.' in below);
    set.add(element, child);
  }
  return set;
}

/** A set of whole subtrees given as dotted field paths: `status`, `metadata.labels`. */
export function fieldSetOf(...paths: string[]): FieldSet {
  const root = new FieldSet();
  for (const path of paths) {
    let at = root;
    for (const name of path.split('.')) {
      at.children ??= new Map();
      const element = `f:${name}`;
      let next = at.children.get(element);
      if (!next) {
        next = new FieldSet();
        at.children.set(element, next);
      }
      at = next;
    }
    at.member = true;
  }
  return root;
}

const valueText = (value: unknown): string => JSON.stringify(value);

/** `.spec.containers[name="c"].image`, as conflicts print paths. */
export function pathText(path: readonly string[]): string {
  return path
    .map((element) => {
      const rest = element.slice(2);
      if (element[0] === 'f') return `.${rest}`;
      if (element[0] === 'i') return `[${rest}]`;
      if (element[0] === 'v') return `[=${rest}]`;
      const keys = JSON.parse(rest) as Record<string, unknown>;
      return `[${Object.keys(keys)
        .map((key) => `${key}=${valueText(keys[key])}`)
        .join(',')}]`;
    })
    .join('');
}

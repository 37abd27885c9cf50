import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { Opaque } from '../values.ts';

const SEMVER = 'kubernetes.Semver';
const PATTERN =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

class SemverValue extends Opaque {
  override readonly typeName = SEMVER;
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }
  override same(other: Opaque): boolean {
    return other instanceof SemverValue && compare(this, other) === 0;
  }
}

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function comparePre(a: string, b: string): number {
  const numeric = [a, b].map((part) => /^\d+$/.test(part));
  if (numeric[0] && numeric[1]) return order(BigInt(a), BigInt(b));
  return numeric[0] !== numeric[1] ? (numeric[0] ? -1 : 1) : order(a, b);
}

/** Precedence of semver.org: build metadata does not count. */
function compare(a: SemverValue, b: SemverValue): number {
  for (let i = 0; i < 3; i++) {
    const found = order(a.numbers[i]!, b.numbers[i]!);
    if (found !== 0) return found;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return order(b.pre.length, a.pre.length) && (a.pre.length === 0 ? 1 : -1);
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const found = comparePre(a.pre[i]!, b.pre[i]!);
    if (found !== 0) return found;
  }
  return order(a.pre.length, b.pre.length);
}

/** A `v` goes, missing parts become 0, leading zeros go. */
function normalized(text: string): string {
  const [, numbers = '', rest = ''] = /^v?([0-9.]*)(.*)$/s.exec(text) ?? [];
  const parts = numbers.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
}

function read(text: string): SemverValue {
  const found = PATTERN.exec(text);
  if (!found) throw new CelError(`No Major.Minor.Patch elements found`);
  return new SemverValue([BigInt(found[1]!), BigInt(found[2]!), BigInt(found[3]!)], found[4]?.split('.') ?? []);
}

type S = SemverValue;

/** k8s.io/apiserver/pkg/cel/library/semverlib.go */
export const semvers = new Library()
  .def('semver', `(string): ${SEMVER}`, read)
  .def('semver', `(string, bool): ${SEMVER}`, (text: string, normalize: boolean) => read(normalize ? normalized(text) : text))
  .def('isSemver', '(string): bool', (text: string) => PATTERN.test(text))
  .def('isSemver', '(string, bool): bool', (text: string, normalize: boolean) =>
    PATTERN.test(normalize ? normalized(text) : text),
  )
  .def('major', `${SEMVER}.(): int`, ({ numbers }: S) => numbers[0]!)
  .def('minor', `${SEMVER}.(): int`, ({ numbers }: S) => numbers[1]!)
  .def('patch', `${SEMVER}.(): int`, ({ numbers }: S) => numbers[2]!)
  .def('isGreaterThan', `${SEMVER}.(${SEMVER}): bool`, (a: S, b: S) => compare(a, b) > 0)
  .def('isLessThan', `${SEMVER}.(${SEMVER}): bool`, (a: S, b: S) => compare(a, b) < 0)
  .def('compareTo', `${SEMVER}.(${SEMVER}): int`, (a: S, b: S) => BigInt(compare(a, b)));

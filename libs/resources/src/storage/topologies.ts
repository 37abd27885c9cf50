import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { qualifiedName } from '../fields/names.ts';
import { Once } from '../fields/once.ts';
import type { TopologySelectorLabelRequirement, TopologySelectorTerm } from '../types.gen.ts';

function requirement({ key, values = [] }: TopologySelectorLabelRequirement, at: Path): FieldError[] {
  const errors: FieldError[] = values.length === 0 ? [fieldError.required(at.child('values'))] : [];
  const once = new Once();
  values.forEach((value, i) => void errors.push(...once.check(value, at.child('values').index(i))));
  return [...errors, ...qualifiedName(key ?? '', at.child('key'))];
}

/** The same for equal terms, whatever the order of keys and values. */
const identity = ({ matchLabelExpressions = [] }: TopologySelectorTerm): string =>
  JSON.stringify(
    matchLabelExpressions.map(({ key, values }) => [key, [...new Set(values)].sort()]).sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );

/** Where a class may provision: terms that differ from each other. */
export function allowedTopologies(terms: readonly TopologySelectorTerm[] = [], at: Path): FieldError[] {
  // As in Kubernetes, a term that asks for nothing counts as a repetition.
  const onceTerm = new Once([identity({})]);
  return terms.flatMap((term, i) => {
    const here = at.index(i).child('matchLabelExpressions');
    const onceKey = new Once();
    const errors = (term.matchLabelExpressions ?? []).flatMap((one, j) => [
      ...requirement(one, here.index(j)),
      ...onceKey.check(one.key ?? '', here.index(j).child('key')),
    ]);
    return [...errors, ...onceTerm.check(identity(term), here, '')];
  });
}

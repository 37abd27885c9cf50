import type { Condition } from '@windlass/meta';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '@windlass/resources';

export interface Acceptance {
  names: CustomResourceDefinitionNames;
  /** Without times. */
  conditions: Condition[];
}

const inUse = (requested: string, accepted: string | undefined, taken: ReadonlySet<string>): string | undefined =>
  requested === accepted || !taken.has(requested) ? undefined : `${JSON.stringify(requested)} is already in use`;

/**
 * Which of the names that a definition asks for it may have, beside the other definitions of its group, and what that makes of its
 * conditions (apiextensions-apiserver's naming and establishing controllers). A name once accepted is kept until its successor is free.
 */
export function acceptNames(crd: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): Acceptance {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { status } of [...others, crd]) {
    const { plural, singular, shortNames = [], kind, listKind } = status?.acceptedNames ?? { plural: '', kind: '' };
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name);
    for (const name of [kind, listKind]) if (name) kinds.add(name);
  }
  const wanted = crd.spec.names;
  const accepted: CustomResourceDefinitionNames = crd.status?.acceptedNames ?? { plural: '', kind: '' };
  const names = { ...accepted };
  let conflict: Pick<Condition, 'reason' | 'message'> | undefined;
  const ask = <K extends keyof CustomResourceDefinitionNames>(field: K, reason: string, refusal: string | undefined) => {
    if (refusal) conflict = { reason, message: refusal };
    else if (wanted[field] === undefined) delete names[field];
    else names[field] = wanted[field];
  };
  ask('plural', 'PluralConflict', inUse(wanted.plural, accepted.plural, resources));
  ask('singular', 'SingularConflict', inUse(wanted.singular ?? '', accepted.singular, resources));
  const short = (wanted.shortNames ?? [])
    .filter((name) => !accepted.shortNames?.includes(name))
    .map((name) => inUse(name, undefined, resources))
    .filter((text) => text !== undefined);
  ask('shortNames', 'ShortNamesConflict', short.length > 1 ? `[${short.join(', ')}]` : short[0]);
  ask('kind', 'KindConflict', inUse(wanted.kind, accepted.kind, kinds));
  ask('listKind', 'ListKindConflict', inUse(wanted.listKind ?? '', accepted.listKind, kinds));
  ask('categories', '', undefined);

  const established = crd.status?.conditions?.find(({ type }) => type === 'Established');
  const conditions: Condition[] = [
    conflict
      ? { type: 'NamesAccepted', status: 'False', ...conflict }
      : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  ];
  if (established?.status !== 'True')
    conditions.push(
      conflict
        ? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
        : {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          },
    );
  return { names, conditions };
}

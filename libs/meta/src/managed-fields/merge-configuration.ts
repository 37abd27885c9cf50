import { isMap } from '../json-value.ts';
import type { AnyObject } from '../object.ts';
import { appliedErrors } from './check-applied.ts';
import type { ManagedType } from './managed-type.ts';
import { mergeValues } from './merge-values.ts';
import { typeOfKey } from './walk.ts';

/** The configuration does not fit the type, or would replace something as a whole. */
export class MergeError extends Error {}

/**
 * Lays an apply configuration over an object as a MutatingAdmissionPolicy does: no ownership, and nothing atomic
 * (k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch). Parts are shared with `live`. @throws MergeError
 */
export function mergeConfiguration(type: ManagedType, live: AnyObject, configuration: AnyObject): AnyObject {
  const errors = appliedErrors(type, configuration);
  if (errors.length > 0) {
    const what = errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`;
    throw new MergeError(`failed to convert patch object to typed object: ${what}`);
  }
  const atomics = atomicParts(type, configuration, '');
  if (atomics.length > 0)
    throw new MergeError(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  return mergeValues(type, live, configuration) as AnyObject;
}

/** Paths of lists, maps and structs in `value` that are owned as a whole. */
function atomicParts(type: ManagedType, value: unknown, path: string): string[] {
  if (isMap(value)) {
    const atomic = type.kind === 'deduced' || type.kind === 'map' ? type.atomic : false;
    const below =
      type.kind === 'map'
        ? Object.keys(value)
            .filter((key) => type.fields.has(key))
            .flatMap((key) => atomicParts(typeOfKey(type, key), value[key], `${path}.${key}`))
        : [];
    return [...(atomic ? [path] : []), ...below];
  }
  if (!Array.isArray(value)) return [];
  if (type.kind === 'deduced') return [path];
  if (type.kind !== 'list') return [];
  const below = value.flatMap((item, i) => atomicParts(type.element, item, `${path}[${i}]`));
  return [...(type.relation === 'atomic' ? [path] : []), ...below];
}

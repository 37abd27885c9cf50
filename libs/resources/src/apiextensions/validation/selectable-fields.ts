import { type FieldError, fieldError, type Path, type Schema } from '@windlass/meta';
import type { SelectableField } from '../../types.gen.ts';
import { resolveFieldPath } from './field-path.ts';

const MOST = 8;
const TYPES = ['string', 'boolean', 'integer'];
const TYPE_TEXT =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

/** ValidateCustomResourceSelectableFields. @param keptMany as many as before, which were too many then */
export function validateSelectableFields(
  fields: readonly SelectableField[] | undefined,
  schema: Schema,
  keptMany: boolean,
  at: Path,
): FieldError[] {
  const seen = new Set<string>();
  const errors = (fields ?? []).flatMap(({ jsonPath }, i) => {
    const here = at.index(i).child('jsonPath');
    if (!jsonPath) return [fieldError.required(here)];
    const found = resolveFieldPath(jsonPath, schema);
    if ('wrong' in found) return [fieldError.invalid(here, jsonPath, `is an invalid path: ${found.wrong}`)];
    const own: FieldError[] = [];
    if (found.steps[0] === 'metadata') own.push(fieldError.invalid(here, jsonPath, 'must not point to fields in metadata'));
    if (!TYPES.includes(found.schema.type ?? '')) own.push(fieldError.invalid(here, jsonPath, TYPE_TEXT));
    const identity = found.steps.join('.');
    if (seen.has(identity)) own.push(fieldError.duplicate(here, jsonPath));
    seen.add(identity);
    return own;
  });
  if (seen.size > MOST && !keptMany) errors.push(fieldError.tooMany(at, seen.size, MOST));
  return errors;
}

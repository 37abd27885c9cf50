import { type FieldError, fieldError, path, validateConfigMapKey } from '@windlass/meta';
import { frozenFields } from '../fields/frozen.ts';
import { textErrors } from '../fields/names.ts';
import { base64Length } from '../fields/sizes.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { ConfigMap } from '../types.gen.ts';

/** Of all values together. */
export const MAX_DATA_BYTES = 1024 * 1024;

function validateData({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    const at = path('data').key(key);
    errors.push(...textErrors(validateConfigMapKey, key, at));
    if (Object.hasOwn(binaryData, key)) errors.push(fieldError.invalid(at, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...textErrors(validateConfigMapKey, key, path('binaryData').key(key)));
    size += base64Length(value);
  }
  if (size > MAX_DATA_BYTES) errors.push(fieldError.tooLong('', '', MAX_DATA_BYTES));
  return errors;
}

const count = ({ data, binaryData }: ConfigMap): number => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;

export const configMaps = builtin<ConfigMap>('v1', 'configmaps', {
  columns: [nameColumn, column('Data', 'string', fieldDoc('core.v1.ConfigMap', 'data'), count), ageColumn],
  strategy: {
    validate: validateData,
    validateUpdate: (next, old) => [...frozenFields(next, old, ['data', 'binaryData']), ...validateData(next)],
  },
});

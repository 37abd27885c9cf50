import { type FieldError, fieldError, type Path, type Schema } from '@windlass/meta';
import { defaultErrors } from './default-values.ts';
import { goSchema } from './go-schema.ts';
import { ruleErrors } from './rule-errors.ts';
import { isConvertible, schemaErrors } from './schema-rules.ts';
import { structuralErrors } from './structural-rules.ts';

/** Fields that a schema with a status subresource may have at its root, in the words of the error. */
const ROOT_FIELDS =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';
const AT_ROOT = new Set(ROOT_FIELDS.split(' '));

function rootErrors(schema: Schema, at: Path): FieldError[] {
  for (const [name, value] of Object.entries(goSchema(schema))) {
    if (value === null || value === '' || value === false || value === 0) continue;
    if (name === 'Type') {
      if (schema.type === 'object') continue;
      const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [fieldError.invalid(`${at.text}.type`, schema.type, text)];
    }
    if (!AT_ROOT.has(name)) {
      const text = `only [${ROOT_FIELDS}] fields are allowed at the root of the schema if the status subresource is enabled`;
      return [fieldError.invalid(at, goSchema(schema), text)];
    }
  }
  return [];
}

/**
 * validateCustomResourceDefinitionValidation of one schema.
 * @param at of its `openAPIV3Schema`
 * @param kept it is stored already: single rules may cost what they cost
 */
export function validateSchema(schema: Schema | undefined, hasStatus: boolean, kept: boolean, at: Path): FieldError[] {
  if (!schema) return [];
  const errors = hasStatus ? rootErrors(schema, at) : [];
  if (schema.nullable) errors.push(fieldError.forbidden(`${at.text}.nullable`, 'nullable cannot be true at the root'));
  const faults = isConvertible(schema) ? structuralErrors(schema, at) : [];
  if (isConvertible(schema) && faults.length === 0) faults.push(...defaultErrors(schema, at));
  errors.push(...faults);
  const rest = schemaErrors(schema, at);
  if (!isConvertible(schema) || faults.length + rest.length > 0) return [...errors, ...rest];
  return [...errors, ...ruleErrors(schema, at, kept)];
}

import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { CustomResourceColumnDefinition, CustomResourceSubresources } from '../../types.gen.ts';

const TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

const simplePath = (value: string, at: Path): FieldError[] =>
  value.startsWith('.') ? [] : [fieldError.invalid(at, value, 'must be a simple json path starting with .')];

/** ValidateCustomResourceColumnDefinition */
export function validateColumn({ name, type, format, jsonPath }: CustomResourceColumnDefinition, at: Path): FieldError[] {
  const types = `must be one of ${TYPES.join(',')}`;
  return [
    ...(name ? [] : [fieldError.required(at.child('name'))]),
    ...(!type ? [fieldError.required(at.child('type'), types)] : []),
    ...(type && !TYPES.includes(type) ? [fieldError.invalid(at.child('type'), type, types)] : []),
    ...(format && !FORMATS.includes(format)
      ? [fieldError.invalid(at.child('format'), format, `must be one of ${FORMATS.join(',')}`)]
      : []),
    ...(jsonPath ? simplePath(jsonPath, at.child('JSONPath')) : [fieldError.required(at.child('JSONPath'))]),
  ];
}

function scalePath(value: string, roots: readonly string[], where: string, at: Path): FieldError[] {
  const errors = simplePath(value, at);
  if (errors.length > 0 || roots.some((root) => value.startsWith(`${root}.`))) return errors;
  return [fieldError.invalid(at, value, `should be a json path under ${where}`)];
}

/** ValidateCustomResourceDefinitionSubresources */
export function validateSubresources(subresources: CustomResourceSubresources | undefined, at: Path): FieldError[] {
  const scale = subresources?.scale;
  if (!scale) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  const of = (name: string) => at.child(`scale.${name}`);
  const needed = (value: string | undefined, root: string, name: string) =>
    value ? scalePath(value, [root], root, of(name)) : [fieldError.required(of(name))];
  return [
    ...needed(specReplicasPath, '.spec', 'specReplicasPath'),
    ...needed(statusReplicasPath, '.status', 'statusReplicasPath'),
    ...(labelSelectorPath
      ? scalePath(labelSelectorPath, ['.spec', '.status'], 'either .spec or .status', of('labelSelectorPath'))
      : []),
  ];
}

import { type AnyObject, type Column, findJsonPath, humanDuration, jsonPathText, parseJsonPath } from '@windlass/meta';
import { ageColumn, nameColumn } from '../generic/columns.ts';
import type { CustomResourceColumnDefinition } from '../types.gen.ts';

type Cell = string | number | boolean | null;

/** The only column beside the name of a version that declares none. */
const AGE: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  description: ageColumn.description,
  jsonPath: '.metadata.creationTimestamp',
};

/** A found value as a cell of its column's type; null when it does not fit. */
function cellOf(type: string, value: unknown, now: Date): Cell {
  switch (type) {
    case 'string':
      return value === null ? null : jsonPathText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date': {
      if (typeof value !== 'string') return null;
      const since = Date.parse(value);
      return Number.isNaN(since) ? '<invalid>' : humanDuration(now.getTime() - since);
    }
  }
  return null;
}

function columnOf({ name, type, format, description, priority, jsonPath }: CustomResourceColumnDefinition): Column {
  const steps = parseJsonPath(jsonPath);
  return {
    name,
    type: type as Column['type'],
    ...(format ? { format } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority ? { priority } : {}),
    cell: (object: AnyObject, now) => {
      const found = findJsonPath(object, steps);
      return found.length > 0 ? cellOf(type, found[0], now) : null;
    },
  };
}

/** Table columns of a version: the name, then what it declares or else its age. */
export const printerColumns = (declared: readonly CustomResourceColumnDefinition[] | undefined): Column[] => [
  nameColumn,
  ...(declared?.length ? declared : [AGE]).map(columnOf),
];

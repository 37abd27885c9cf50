import { type AnyObject, ageOf, type Column } from '@windlass/meta';
import { fieldDoc } from './docs.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

export interface ColumnOptions {
  format?: string;
  /** true: shown with `-o wide` only. */
  wide?: boolean;
}

/** One column of a kind's table. `description` is mostly that of the field shown: see fieldDoc. */
export const column = <T = AnyObject>(
  name: string,
  type: Column['type'],
  description: string,
  cell: Column<T>['cell'],
  { format, wide }: ColumnOptions = {},
): Column<T> => ({ name, type, description, cell, ...(format ? { format } : {}), priority: wide ? 1 : 0 });

export const nameColumn: Column = column('Name', 'string', fieldDoc(META, 'name'), ({ metadata }) => metadata.name ?? '', {
  format: 'name',
});

export const ageColumn: Column = column('Age', 'string', fieldDoc(META, 'creationTimestamp', true), ({ metadata }, now) =>
  ageOf(metadata.creationTimestamp, now),
);

/** The columns of a kind that shows nothing else of itself, as kube-apiserver's default table convertor. */
export const createdAtColumn: Column = column(
  'Created At',
  'date',
  fieldDoc(META, 'creationTimestamp', true),
  ({ metadata }) => metadata.creationTimestamp ?? null,
);

import type { AnyObject, Column, ResourceDefinition } from '@windlass/meta';
import { humanDuration } from '@windlass/meta';
import { stamp } from '../registry/encode.ts';

export const NAME_COLUMN: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: (object) => object.metadata.name ?? '',
};

/** `5m`, `3d4h`; `<unknown>` without a time, as kubectl's AGE. */
export const age = (since: string | null | undefined, now: Date): string =>
  since ? humanDuration(now.getTime() - Date.parse(since)) : '<unknown>';

export const AGE_COLUMN: Column = {
  name: 'Age',
  type: 'string',
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

const NAME_AND_CREATED: readonly Column[] = [
  NAME_COLUMN,
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? null },
];

const DESCRIPTIONS: Record<string, string> = {
  Name: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
};

export type IncludeObject = 'Metadata' | 'Object' | 'None';

const columnsOf = (definition: ResourceDefinition): readonly Column[] => definition.columns ?? NAME_AND_CREATED;

export function columnDefinitions(definition: ResourceDefinition) {
  return columnsOf(definition).map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: column.description ?? DESCRIPTIONS[column.name] ?? '',
    priority: column.priority ?? 0,
  }));
}

export function tableRow(definition: ResourceDefinition, object: AnyObject, include: IncludeObject, now: Date) {
  const cells = columnsOf(definition).map((column) => column.cell(object, now));
  if (include === 'None') return { cells, object: null };
  return { cells, object: include === 'Object' ? stamp(definition, object) : partial(object) };
}

/** meta/v1 PartialObjectMetadata. */
export const partial = (object: AnyObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

/** meta/v1 Table of one answer. */
export const table = (
  definition: ResourceDefinition,
  metadata: object,
  objects: readonly AnyObject[],
  include: IncludeObject,
  now: Date,
) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  columnDefinitions: columnDefinitions(definition),
  rows: objects.map((object) => tableRow(definition, object, include, now)),
});

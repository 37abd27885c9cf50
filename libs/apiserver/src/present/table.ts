import type { AnyObject, Column, ResourceDefinition } from '@windlass/meta';
import { stamp } from '../registry/encode.ts';

/** Of a kind that names no columns (virtual and custom ones, whose own come first). */
const NAME_AND_CREATED: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', cell: (object) => object.metadata.name ?? '' },
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? null },
];

export type IncludeObject = 'Metadata' | 'Object' | 'None';

const columnsOf = (definition: ResourceDefinition): readonly Column[] => definition.columns ?? NAME_AND_CREATED;

export function columnDefinitions(definition: ResourceDefinition) {
  return columnsOf(definition).map((column) => ({
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority ?? 0,
  }));
}

export const cellsOf = (definition: ResourceDefinition, object: AnyObject, now: Date): unknown[] =>
  columnsOf(definition).map((column) => column.cell(object, now));

export function tableRow(definition: ResourceDefinition, object: AnyObject, include: IncludeObject, now: Date) {
  const cells = cellsOf(definition, object, now);
  if (include === 'None') return { cells, object: null };
  return { cells, object: include === 'Object' ? stamp(definition, object) : partial(definition, object) };
}

function metadataOf({ versionAnnotations }: ResourceDefinition, { metadata }: AnyObject): AnyObject['metadata'] {
  const { annotations, ...rest } = metadata;
  if (!versionAnnotations || !annotations) return metadata;
  const kept = Object.entries(annotations).filter(([key]) => !versionAnnotations.includes(key));
  return kept.length > 0 ? { ...metadata, annotations: Object.fromEntries(kept) } : rest;
}

/** meta/v1 PartialObjectMetadata. */
export const partial = (definition: ResourceDefinition, object: AnyObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metadataOf(definition, object),
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

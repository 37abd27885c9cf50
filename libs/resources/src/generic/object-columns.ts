import { type Column, humanDuration, type ObjectMeta } from '@windlass/meta';

interface WithMetadata {
  metadata: ObjectMeta;
}

export const nameColumn: Column<WithMetadata> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: ({ metadata }) => metadata.name ?? '',
};

/** `5m`, `3d4h`; `<unknown>` without a creation time. */
export const ageColumn: Column<WithMetadata> = {
  name: 'Age',
  type: 'string',
  cell: ({ metadata }, now) =>
    metadata.creationTimestamp ? humanDuration(now.getTime() - Date.parse(metadata.creationTimestamp)) : '<unknown>',
};

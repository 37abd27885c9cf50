import type { KubeObject } from '@windlass/meta';

/** The fields that every kind can be selected by, as kinds with more of them list them. */
export const metadataFields = {
  'metadata.name': ({ metadata }: KubeObject): string => metadata.name ?? '',
  'metadata.namespace': ({ metadata }: KubeObject): string => metadata.namespace ?? '',
};

import { type AnyObject, apiVersionOf, type ResourceDefinition } from '@windlass/meta';
import { encodeStored } from '../definitions.ts';

/** The stored text: kind, apiVersion and metadata first, without resourceVersion, so that the revision can be spliced in. */
export function encodeObject(definition: ResourceDefinition, object: AnyObject): string {
  // Objects of the server's own making name no type.
  const {
    kind = definition.kind,
    apiVersion = apiVersionOf(definition.group, definition.version),
    metadata,
    ...rest
  } = encodeStored(definition, object);
  const { resourceVersion: _, ...meta } = metadata;
  return JSON.stringify({ kind, apiVersion, metadata: meta, ...rest });
}

/** Stamps the served kind and apiVersion, first in key order. */
export function stamp(definition: ResourceDefinition, object: AnyObject): AnyObject {
  const { kind: _, apiVersion: __, metadata, ...rest } = object;
  return {
    kind: definition.kind,
    apiVersion: apiVersionOf(definition.group, definition.version),
    metadata,
    ...rest,
  } as AnyObject;
}

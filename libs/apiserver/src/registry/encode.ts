import { type AnyObject, apiVersionOf, type ResourceDefinition } from '@windlass/meta';
import { encodeStored, storeShown } from '../definitions.ts';

function textOf(definition: ResourceDefinition, stored: AnyObject): string {
  // Objects of the server's own making name no type.
  const { kind = definition.kind, apiVersion = apiVersionOf(definition.group, definition.version), metadata, ...rest } = stored;
  const { resourceVersion: _, ...meta } = metadata;
  return JSON.stringify({ kind, apiVersion, metadata: meta, ...rest });
}

/** The stored text: kind, apiVersion and metadata first, without resourceVersion, so that the revision can be spliced in. */
export const encodeObject = (definition: ResourceDefinition, object: AnyObject): string =>
  textOf(definition, encodeStored(definition, object));

/** What goes to the store: `text` of {@link encodeObject}, unless somebody else has to convert the object. @throws StatusError 500 */
export const storedText = async (
  definition: ResourceDefinition,
  object: AnyObject,
  text = encodeObject(definition, object),
): Promise<string> => (definition.storedAs?.convert ? textOf(definition, await storeShown(definition, object)) : text);

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

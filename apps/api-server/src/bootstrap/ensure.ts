import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, StatusError } from '@windlass/meta';

export interface Bootstrap {
  reader: ResourceReader;
  writer: ResourceWriter;
}

/** Creates an object unless it exists; that another server makes it at the same moment is fine. */
export async function ensureObject(
  { reader, writer }: Bootstrap,
  group: string,
  resource: string,
  object: AnyObject,
): Promise<void> {
  const { namespace = '', name = '' } = object.metadata;
  if (reader.get(group, resource, namespace, name)) return;
  try {
    await writer.create(group, resource, structuredClone(object));
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
  }
}

/** All at once, so that the store commits them together. */
export const ensureObjects = async (
  bootstrap: Bootstrap,
  group: string,
  resource: string,
  objects: readonly AnyObject[],
): Promise<void> => void (await Promise.all(objects.map((object) => ensureObject(bootstrap, group, resource, object))));

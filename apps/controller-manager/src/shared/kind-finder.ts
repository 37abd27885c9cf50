import type { Client, ResourceRef } from '@windlass/client';
import { parseApiVersion } from '@windlass/meta';
import { refs } from './refs.ts';

type KindRef = ResourceRef & { kind: string };

/** Finds the resource of a kind: the well-known at once, others by discovery, which is asked again for what it did not know. */
export function kindFinder(client: Client): (kind: string, apiVersion: string | undefined) => Promise<ResourceRef> {
  const known = new Map<string, ResourceRef>();
  const keyOf = (kind: string, group: string) => `${kind}.${group}`;
  for (const ref of Object.values(refs) as KindRef[]) known.set(keyOf(ref.kind, ref.group), ref);
  return async (kind, apiVersion) => {
    const { group } = parseApiVersion(apiVersion ?? 'v1');
    const found = known.get(keyOf(kind, group));
    if (found) return found;
    const { resources } = await client.discover();
    for (const resource of resources) if (resource.preferred) known.set(keyOf(resource.kind, resource.group), resource);
    const discovered = known.get(keyOf(kind, group));
    if (!discovered) throw new Error(`no matches for kind "${kind}" in group "${group}"`);
    return discovered;
  };
}

import type { Bootstrap } from './ensure.ts';
import { ensureNamespaces } from './namespaces.ts';

/** Makes the objects that every cluster has, before the server answers. Safe on several servers at once. */
export async function bootstrapObjects(bootstrap: Bootstrap): Promise<void> {
  await ensureNamespaces(bootstrap);
}

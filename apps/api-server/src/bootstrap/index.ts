import type { ClusterPki } from '@windlass/pki';
import { ensureConfigMaps } from './config-maps.ts';
import { ensureDefaults } from './defaults.ts';
import type { Bootstrap } from './ensure.ts';
import { ensureNamespaces } from './namespaces.ts';

/** Makes the objects that every cluster has, before the server answers. Safe on several servers at once. */
export async function bootstrapObjects(bootstrap: Bootstrap, pki: ClusterPki): Promise<void> {
  await ensureNamespaces(bootstrap);
  await Promise.all([ensureDefaults(bootstrap), ensureConfigMaps(bootstrap, pki, new Date())]);
}

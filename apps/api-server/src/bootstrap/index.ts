import type { ClusterPki } from '@windlass/pki';
import type { ApiServerConfig } from '../config.ts';
import { ensureConfigMaps } from './config-maps.ts';
import { ensureDefaults } from './defaults.ts';
import type { Bootstrap } from './ensure.ts';
import { ensureClusterInfo } from './joining.ts';
import { ensureNamespaces } from './namespaces.ts';

/** Makes the objects that every cluster has, before the server answers. Safe on several servers at once. */
export async function bootstrapObjects(bootstrap: Bootstrap, pki: ClusterPki, config: ApiServerConfig): Promise<void> {
  await ensureNamespaces(bootstrap);
  await Promise.all([
    ensureDefaults(bootstrap),
    ensureConfigMaps(bootstrap, pki, new Date()),
    ensureClusterInfo(bootstrap, pki, config),
  ]);
}

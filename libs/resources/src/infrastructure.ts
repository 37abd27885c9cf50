import type { ResourceDefinition } from '@windlass/meta';
import { namespaces } from './core/namespaces.ts';
import { nodes } from './core/nodes.ts';
import { services } from './core/services.ts';

/** Namespaces, nodes, configuration, networking, volumes: what workloads run on. */
export const infrastructure = [
  // core
  namespaces,
  nodes,
  services,
] as unknown as readonly ResourceDefinition[];

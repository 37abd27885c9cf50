import type { AnyObject } from '@windlass/meta';
import { type Bootstrap, ensureObjects } from './ensure.ts';

/** Every cluster has these; namespace lifecycle admission refuses to delete the first three. */
export const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

const namespace = (name: string): AnyObject =>
  ({
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }) as unknown as AnyObject;

export const ensureNamespaces = (bootstrap: Bootstrap): Promise<void> =>
  ensureObjects(bootstrap, '', 'namespaces', SYSTEM_NAMESPACES.map(namespace));

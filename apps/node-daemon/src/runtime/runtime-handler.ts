import type { Client, ResourceRef } from '@windlass/client';
import type { Pod, RuntimeClass } from '@windlass/resources';

const RUNTIME_CLASSES: ResourceRef = {
  group: 'node.k8s.io',
  version: 'v1',
  resource: 'runtimeclasses',
  kind: 'RuntimeClass',
  namespaced: false,
};

/** The runtime's handler that a pod's RuntimeClass names; '' for the default one. @throws what the API server answers */
export async function runtimeHandlerOf(client: Client, { spec }: Pod): Promise<string> {
  if (!spec.runtimeClassName) return '';
  const { handler } = await client.resource<RuntimeClass>(RUNTIME_CLASSES).get({ name: spec.runtimeClassName });
  return handler;
}

import { type ActionHandler, extensionKey, type Registry, type VirtualResource } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { podBinding } from './binding.ts';

/** POSTs that act on objects. */
export function addActions({ definitions, extensions }: Foundation, registry: Registry): void {
  const pods = definitions.stored('', 'pods')!;
  const binding: ActionHandler = podBinding(registry, pods);
  extensions.actions.set(extensionKey('', 'pods', 'binding'), binding);
  const bindings: VirtualResource = {
    create: async (body, context) => (await binding(body, context, context.query.get('dryRun') === 'All', '')).object,
  };
  extensions.virtual.set(extensionKey('', 'bindings'), bindings);
}

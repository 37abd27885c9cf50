import { type ActionHandler, extensionKey, type Registry, type VirtualResource } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import type { PodDisruptionBudget } from '@windlass/resources';
import type { Foundation } from '../start-api-server.ts';
import { podBinding } from './binding.ts';
import { podEviction } from './eviction/eviction.ts';

/** POSTs that act on objects. */
export function addActions({ definitions, extensions, reader }: Foundation, registry: Registry): void {
  const pods = definitions.stored('', 'pods')!;
  const binding: ActionHandler = podBinding(registry, pods);
  extensions.actions.set(extensionKey('', 'pods', 'binding'), binding);
  const bindings: VirtualResource = {
    create: async (body, context) => (await binding(body, context, context.query.get('dryRun') === 'All', '')).object,
  };
  extensions.virtual.set(extensionKey('', 'bindings'), bindings);
  const budgets = definitions.stored('policy', 'poddisruptionbudgets')!;
  const budgetsIn = (namespace: string) =>
    reader.list('policy', 'poddisruptionbudgets', namespace) as readonly AnyObject[] as readonly PodDisruptionBudget[];
  extensions.actions.set(extensionKey('', 'pods', 'eviction'), podEviction({ registry, pods, budgets, budgetsIn }));
}

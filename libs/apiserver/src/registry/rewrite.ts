import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import { keyOf } from '../definitions.ts';
import type { Registry } from './registry.ts';

/** See {@link Registry.rewrite}. */
export async function rewriteObject(
  { objects }: Registry,
  definition: ResourceDefinition,
  namespace: string,
  name: string,
  change: (object: AnyObject) => unknown,
  dryRun: boolean,
): Promise<AnyObject> {
  let current = objects.cached(definition, namespace, name);
  for (let fresh = !current; ; fresh = true) {
    if (fresh || !current) current = await objects.current(definition, namespace, name);
    const object = JSON.parse(JSON.stringify(current.object)) as AnyObject;
    try {
      if (change(object) === false || dryRun) return object;
    } catch (error) {
      if (fresh) throw error;
      continue;
    }
    if (await objects.replace(definition, keyOf(definition, namespace, name), current.revision, object)) return object;
  }
}

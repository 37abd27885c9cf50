import { type Definitions, showStored, storedResource, storeShown } from '@windlass/apiserver';
import type { AnyObject, ResourceDefinition } from '@windlass/meta';

/** Other served versions of the same objects (`apps/v1` and `apps/v1beta1` deployments, versions of a custom resource). */
export function equivalents(definitions: Definitions, definition: ResourceDefinition): ResourceDefinition[] {
  const { group, resource } = storedResource(definition);
  return definitions.all().filter((other) => {
    if (other === definition) return false;
    const stored = storedResource(other);
    return stored.group === group && stored.resource === resource;
  });
}

/** The object as another version of its resource shows it. */
export async function convertTo(
  from: ResourceDefinition,
  to: ResourceDefinition,
  object: AnyObject | undefined,
): Promise<AnyObject | undefined> {
  if (!object || from === to) return object;
  const [shown] = await showStored(to, [await storeShown(from, object)]);
  return { ...shown!, apiVersion: to.group ? `${to.group}/${to.version}` : to.version, kind: to.kind };
}

import { type AnyObject, conflict, fieldError, invalid, type ResourceDefinition, type Status, success } from '@windlass/meta';
import { keyOf } from '../definitions.ts';
import type { RequestContext } from '../seams.ts';
import { type Current, type Registry, timestamp } from './registry.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  orphanDependents?: boolean;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  dryRun?: string[];
}

const POLICIES = ['Orphan', 'Background', 'Foreground'];

/** @throws StatusError 422 */
export function checkDeleteOptions(options: DeleteOptions): void {
  const fail = (field: string, badValue: unknown, detail: string) => {
    throw invalid('meta.k8s.io', 'DeleteOptions', '', [{ type: 'FieldValueInvalid', field, badValue, detail }]);
  };
  if (options.dryRun?.some((value) => value !== 'All'))
    throw invalid('meta.k8s.io', 'DeleteOptions', '', [fieldError.notSupported('dryRun', options.dryRun, ['All'])]);
  if (options.orphanDependents !== undefined && options.propagationPolicy !== undefined)
    fail('propagationPolicy', options.propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set');
  if (options.propagationPolicy !== undefined && !POLICIES.includes(options.propagationPolicy))
    throw invalid('meta.k8s.io', 'DeleteOptions', '', [
      {
        type: 'FieldValueNotSupported',
        field: 'propagationPolicy',
        badValue: options.propagationPolicy,
        detail: 'supported values: "Foreground", "Background", "Orphan", "nil"',
      },
    ]);
}

/** The finalizers that the garbage collector answers to, as the propagation policy wants them. */
function propagationFinalizers(definition: ResourceDefinition, options: DeleteOptions, finalizers: readonly string[]): string[] {
  const keep = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  const policy =
    options.propagationPolicy ??
    (options.orphanDependents === undefined
      ? finalizers.includes('orphan')
        ? 'Orphan'
        : finalizers.includes('foregroundDeletion')
          ? 'Foreground'
          : (definition.defaultPropagation ?? 'Background')
      : options.orphanDependents
        ? 'Orphan'
        : 'Background');
  if (policy === 'Orphan') return [...keep, 'orphan'];
  return policy === 'Foreground' ? [...keep, 'foregroundDeletion'] : keep;
}

/**
 * Deletes one object: at once, or by marking it when finalizers or a grace period hold it.
 * @returns the Status of a removal, or the marked object
 */
export async function deleteObject(
  registry: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  name: string,
  options: DeleteOptions,
  dryRun: boolean,
): Promise<{ object: AnyObject | Status; removed: boolean }> {
  const namespace = definition.scope === 'Namespaced' ? context.info.namespace : '';
  const resource = { group: definition.group, resource: definition.names.plural };
  const key = keyOf(definition, namespace, name);
  let current: Current = await registry.current(definition, namespace, name);
  const attributes = registry.attributes('DELETE', definition, context, undefined, current.object, { ...options, dryRun });
  await registry.admit({ ...attributes, name });
  await registry.validateAdmission({ ...attributes, name });
  for (;;) {
    const old = current.object;
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid !== undefined && uid !== old.metadata.uid)
      throw conflict(
        resource,
        name,
        `the UID in the precondition (${uid}) does not match the UID in record (${old.metadata.uid}). The object might have been deleted and then recreated`,
      );
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion)
      throw conflict(
        resource,
        name,
        `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${old.metadata.resourceVersion}). The object might have been modified`,
      );
    const marked = mark(registry, definition, old, options);
    if (!marked) {
      if (dryRun || (await registry.removeStored(definition, key, current.revision, old))) {
        const details = {
          name,
          ...(definition.group ? { group: definition.group } : {}),
          kind: definition.names.plural,
          uid: old.metadata.uid,
        };
        return { object: success(details), removed: true };
      }
    } else if (marked === old) return { object: old, removed: false };
    else {
      if (dryRun) return { object: marked, removed: false };
      const revision = await registry.replaceStored(definition, key, current.revision, marked);
      if (revision !== undefined) {
        marked.metadata.resourceVersion = String(revision);
        return { object: marked, removed: false };
      }
    }
    current = await registry.current(definition, namespace, name);
  }
}

/** @returns undefined: remove it now; `old` itself: nothing changes; else the object with its deletion marks */
function mark(registry: Registry, definition: ResourceDefinition, old: AnyObject, options: DeleteOptions): AnyObject | undefined {
  const finalizers = propagationFinalizers(definition, options, old.metadata.finalizers ?? []);
  const grace = definition.gracePeriod?.(old, options.gracePeriodSeconds) ?? 0;
  if (finalizers.length === 0 && grace === 0) return undefined;
  const meta = { ...old.metadata };
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  if (!meta.deletionTimestamp) {
    meta.deletionTimestamp = timestamp(new Date(registry.now().getTime() + grace * 1000));
    meta.deletionGracePeriodSeconds = grace;
    if (meta.generation) meta.generation++;
  } else if (definition.gracePeriod && grace < (meta.deletionGracePeriodSeconds ?? 0)) {
    // A shorter grace period moves the end forward; a longer one is ignored.
    const started = Date.parse(meta.deletionTimestamp) - (meta.deletionGracePeriodSeconds ?? 0) * 1000;
    meta.deletionTimestamp = timestamp(new Date(started + grace * 1000));
    meta.deletionGracePeriodSeconds = grace;
  } else if (JSON.stringify(finalizers) === JSON.stringify(old.metadata.finalizers ?? [])) return old;
  return { ...old, metadata: meta };
}

import { isNotFound, type ServedResource, StatusError } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { AnyObject, KubeObject } from '@windlass/meta';
import type { Namespace, Pod } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { refs } from '../shared/refs.ts';
import { deletionConditions, type Findings } from './conditions.ts';

const FINALIZER = 'kubernetes';

/** Empties namespaces that are being deleted, pods first, and takes their finalizer off when nothing is left. */
export function namespaceController({ client, informers, logger, now }: ControllerContext): Controller {
  const namespaces = informers.informer<Namespace>(refs.namespaces);
  const namespaceClient = client.resource<Namespace>(refs.namespaces);

  const reconcile = async (name: string, signal: AbortSignal) => {
    let namespace = namespaces.store.get(name);
    if (!namespace?.metadata.deletionTimestamp) return;
    try {
      namespace = await namespaceClient.get({ name });
      if (!namespace.metadata.deletionTimestamp || !namespace.spec?.finalizers?.includes(FINALIZER)) return;
      if (namespace.status?.phase !== 'Terminating')
        namespace = await namespaceClient.updateStatus({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } });
      const { found, waitSeconds } = await emptyNamespace(name, signal);
      const conditions = deletionConditions(found, namespace.status?.conditions ?? [], timestamp(now()));
      if (!semanticEqual(conditions, namespace.status?.conditions))
        namespace = await namespaceClient.updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
      if (found.undiscovered.length + found.errors.length > 0)
        throw new Error([...found.undiscovered, ...found.errors].join('; '));
      // Content goes at its own pace; half of the longest grace period is a good time to look again.
      if (found.remaining.size > 0) return { requeueAfterMs: waitSeconds > 0 ? (waitSeconds / 2 + 1) * 1000 : 500 };
      const finalizers = namespace.spec?.finalizers?.filter((finalizer) => finalizer !== FINALIZER);
      await namespaceClient.subresource(
        { name },
        'finalize',
        { ...namespace, spec: { ...namespace.spec, finalizers } },
        { method: 'PUT' },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  const emptyNamespace = async (namespace: string, signal: AbortSignal): Promise<{ found: Findings; waitSeconds: number }> => {
    const { resources, failed } = await client.discover({ signal });
    const found: Findings = { undiscovered: failed, errors: [], remaining: new Map(), finalizers: new Map() };
    const deletable = resources.filter(
      (r) => r.namespaced && r.preferred && r.verbs.includes('delete') && r.verbs.includes('list'),
    );
    const isPods = (r: ServedResource) => r.resource === 'pods' && r.group === '';
    let waitSeconds = 0;
    for (const resource of deletable.filter(isPods)) {
      const left = await emptyResource(resource, namespace, found);
      for (const pod of left as Pod[]) waitSeconds = Math.max(waitSeconds, pod.metadata.deletionGracePeriodSeconds ?? 0);
    }
    // Pods go first, so that none outlives the policies and secrets around it. (KEP-5080)
    if (found.remaining.size === 0)
      await Promise.all(deletable.filter((r) => !isPods(r)).map((resource) => emptyResource(resource, namespace, found)));
    return { found, waitSeconds };
  };

  /** Deletes what is there. @returns what is left, with `found` updated */
  const emptyResource = async (resource: ServedResource, namespace: string, found: Findings): Promise<KubeObject[]> => {
    const objects = client.resource(resource);
    try {
      const list = () => objects.list({ namespace, metadataOnly: true }).then((page) => page.items);
      if ((await list()).length === 0) return [];
      if (resource.verbs.includes('deletecollection'))
        await objects.deleteCollection({ namespace, propagationPolicy: 'Background' });
      else for (const { metadata } of await list()) await deleteQuietly(objects, metadata);
      const left = await list();
      if (left.length > 0) found.remaining.set(`${resource.resource}.${resource.group}`, left.length);
      for (const { metadata } of left)
        for (const finalizer of metadata.finalizers ?? [])
          found.finalizers.set(finalizer, (found.finalizers.get(finalizer) ?? 0) + 1);
      return left;
    } catch (error) {
      // 404 and 405: the resource went away since discovery, or cannot be listed.
      if (error instanceof StatusError && [404, 405].includes(error.status.code)) return [];
      found.errors.push((error as Error).message);
      return [];
    }
  };

  const deleteQuietly = async (objects: ReturnType<typeof client.resource<AnyObject>>, name: KubeObject['metadata']) => {
    await objects.delete({ ...name }, { propagationPolicy: 'Background' }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  };

  return controller({ name: 'namespace', workers: 3, watches: [watch(namespaces)], reconcile, logger });
}

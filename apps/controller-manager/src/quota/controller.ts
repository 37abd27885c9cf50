import { keyOf } from '@windlass/client';
import { type Controller, controller, type Watch, watch } from '@windlass/controller';
import { type AnyObject, equalJson } from '@windlass/meta';
import type { GroupResource, PersistentVolumeClaim, Pod, ResourceQuota, Service } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { CountedKinds, DISCOVERY_MS } from './counted-kinds.ts';
import { gaveBack, idOf, nextUncounted, recount, sameStatus, trackedKinds } from './recount.ts';

const RESYNC_MS = 300_000;
/** Objects that go together make one count. */
const COALESCE_MS = 50;
/** A count that was written is made once more: what admission had counted and not yet stored may have been missing in it. */
const CONFIRM_MS = 3000;

/**
 * Counts what namespaces use into the status of their quotas. Admission counts up before an object is stored; this controller counts down,
 * and anew when a quota's limits change. (k8s.io/kubernetes/pkg/controller/resourcequota)
 */
export function resourceQuotaController({ client, informers, logger, now }: ControllerContext): Controller {
  const quotas = informers.informer<ResourceQuota>(refs.resourceQuotas);
  const quotaClient = client.resource<ResourceQuota>(refs.resourceQuotas);
  /** Kinds of which more than their number counts. */
  const whole = {
    pods: informers.informer<Pod>(refs.pods),
    services: informers.informer<Service>(refs.services),
    persistentvolumeclaims: informers.informer<PersistentVolumeClaim>(refs.persistentVolumeClaims),
  };

  const touch = (kind: GroupResource, { metadata }: AnyObject): void => {
    for (const quota of quotas.store.inNamespace(metadata.namespace ?? ''))
      if (trackedKinds(quota).some((one) => idOf(one.kind) === idOf(kind))) self.queue.addAfter(keyOf(quota), COALESCE_MS);
  };
  const counted = new CountedKinds(client, touch, logger);

  const watchWhole = (resource: keyof typeof whole): Watch => {
    const kind = { group: '', resource };
    return watch<Pod | Service | PersistentVolumeClaim>(whole[resource] as never, (object, { old, deleted }) => {
      if (quotas.store.inNamespace(object.metadata.namespace ?? '').length === 0) return [];
      const less = deleted || (old && gaveBack(kind, old as AnyObject, object as AnyObject, now()));
      if (less) touch(kind, object as AnyObject);
      return [];
    });
  };

  const objectsFor = async (quota: ResourceQuota, signal: AbortSignal) => {
    const namespace = quota.metadata.namespace as string;
    const found = new Map<string, readonly AnyObject[] | undefined>();
    for (const { kind } of trackedKinds(quota)) {
      const informer = kind.group === '' ? whole[kind.resource as keyof typeof whole] : undefined;
      const objects = informer?.store.inNamespace(namespace) as AnyObject[] | undefined;
      found.set(idOf(kind), objects ?? (await counted.list(kind, namespace, signal)));
    }
    return found;
  };

  const self: Controller = controller({
    name: 'resourcequota',
    watches: [
      watch(quotas, (quota, { old }) => {
        const { hard } = quota.spec ?? {};
        const same = old && equalJson(old.spec, quota.spec) && equalJson(hard, quota.status?.hard);
        return same ? [] : [keyOf(quota)];
      }),
      ...Object.keys(whole).map((resource) => watchWhole(resource as keyof typeof whole)),
    ],
    logger,
    reconcile: async (key, signal) => {
      const quota = quotas.store.get(key);
      if (!quota) return;
      const objects = await objectsFor(quota, signal);
      const time = now();
      const status = recount(quota, (kind) => objects.get(idOf(kind)), time);
      const isSame = sameStatus(quota.status, status);
      if (!isSame) await quotaClient.updateStatus({ ...quota, status });
      const uncounted = nextUncounted((objects.get('pods') ?? []) as unknown as Pod[], time);
      // A kind that is not served yet may come.
      const again = [...objects.values()].includes(undefined) ? DISCOVERY_MS : RESYNC_MS;
      return { requeueAfterMs: Math.min(isSame ? again : CONFIRM_MS, uncounted ?? RESYNC_MS) };
    },
  });
  return self;
}

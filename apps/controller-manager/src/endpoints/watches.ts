import { type Informer, keyOf, type Lister } from '@windlass/client';
import { type Controller, type Watch, watch } from '@windlass/controller';
import { matchesLabels } from '@windlass/meta';
import type { Pod, Service } from '@windlass/resources';
import { semanticEqual } from '../shared/equal.ts';

/** Pod changes of one service within this time make one write. */
const COALESCE_MS = 50;

export const selects = ({ spec }: Service, labels: Record<string, string> | undefined): boolean =>
  Object.keys(spec?.selector ?? {}).length > 0 && matchesLabels(spec?.selector, labels);

/** Whether a change of a pod can change endpoints: kubelets rewrite statuses often, endpoints read little of them. */
const relevant = (old: Pod, pod: Pod): boolean =>
  old.metadata.labels !== undefined && pod.metadata.labels !== undefined ? !semanticEqual(essence(old), essence(pod)) : true;

const essence = ({ metadata, spec, status }: Pod) => [
  metadata.labels,
  !!metadata.deletionTimestamp,
  spec.nodeName,
  spec.hostname,
  status?.phase,
  status?.podIPs,
  status?.conditions?.find((c) => c.type === 'Ready')?.status,
];

/** Queues the services that select a pod, before or after its change. */
export function watchPodsOfServices(pods: Informer<Pod>, services: { store: Lister<Service> }, self: () => Controller): Watch {
  return watch<Pod>(pods, (pod, { old, deleted }) => {
    if (old && !deleted && !relevant(old, pod)) return [];
    for (const service of services.store.inNamespace(pod.metadata.namespace as string))
      if (selects(service, pod.metadata.labels) || (old && selects(service, old.metadata.labels)))
        self().queue.addAfter(keyOf(service), COALESCE_MS);
    return [];
  });
}

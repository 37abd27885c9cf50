import { type Handler, type Informer, keyOf, type Lister } from '@windlass/client';
import { controllerKey, type Expectations, type Watch, watch } from '@windlass/controller';
import type { KubeObject } from '@windlass/meta';
import { isEmptySelector, matchesSelector } from '@windlass/meta';
import type { LabelSelector, Pod } from '@windlass/resources';
import { controllerOf } from './claim.ts';

export interface OwnedPodsOptions<T extends KubeObject, P extends Pod = Pod> {
  pods: Informer<P>;
  owners: { readonly store: Lister<T> };
  kind: string;
  selector: (owner: T) => LabelSelector | undefined;
  expectations: Expectations;
  /** Queues an owner after a mere change of one of its pods: many within a moment make one look. */
  later: (key: string) => void;
  /** Called before keys are queued, after the expectations. */
  observe?: Handler<Pod>;
}

/** Leads from pods to the owners that control, controlled or might adopt them, and keeps the expectations. */
export function watchOwnedPods<T extends KubeObject, P extends Pod = Pod>(options: OwnedPodsOptions<T, P>): Watch {
  const { pods, owners, kind, selector, expectations, later, observe } = options;
  const adopters = (pod: Pod): string[] =>
    owners.store
      .inNamespace(pod.metadata.namespace as string)
      .filter((owner) => !isEmptySelector(selector(owner)) && matchesSelector(selector(owner), pod.metadata.labels))
      .map(keyOf);
  const leaves = (pod: Pod) => {
    const key = controllerKey(pod, kind);
    if (key) expectations.deleted(key, pod.metadata.uid as string);
  };
  const keys = (pod: Pod, { old, deleted }: { old?: Pod; deleted?: boolean }) => {
    const owner = controllerKey(pod, kind);
    const former = old && controllerKey(old, kind);
    if (owner && former === owner && !deleted && !(pod.metadata.deletionTimestamp && !old?.metadata.deletionTimestamp)) {
      later(owner);
      return [];
    }
    const orphan = !deleted && !controllerOf(pod) && (!old || old.metadata.labels !== pod.metadata.labels || controllerOf(old));
    return [owner, former, ...(orphan ? adopters(pod) : [])];
  };
  return watch<P>(pods, keys, {
    add: (pod, initial) => {
      const key = controllerKey(pod, kind);
      if (key && !pod.metadata.deletionTimestamp) expectations.created(key);
      else leaves(pod);
      observe?.add?.(pod, initial);
    },
    update: (old, pod) => {
      if (pod.metadata.deletionTimestamp) leaves(pod);
      observe?.update?.(old, pod);
    },
    delete: (pod) => {
      leaves(pod);
      observe?.delete?.(pod);
    },
  });
}

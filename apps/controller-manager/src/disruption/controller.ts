import { isConflict, isNotFound, keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { type AnyObject, formatLabelSelector, matchesSelector, setCondition } from '@windlass/meta';
import { type Condition, DISRUPTION_ALLOWED, type Pod, type PodDisruptionBudget, SYNC_FAILED } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { isPodReady } from '../shared/pods.ts';
import { refs } from '../shared/refs.ts';
import { budgetStatus, disruptedOf, needsScale, wantedOf } from './counts.ts';
import { CACHED, type CachedResource, expectedScale } from './scale.ts';

type Budget = PodDisruptionBudget & Owner;
/** Changes of many pods of one budget within this time make one write. */
const COALESCE_MS = 30;

const essence = ({ metadata, ...pod }: Pod): unknown[] => [
  metadata.labels,
  metadata.ownerReferences,
  !!metadata.deletionTimestamp,
  isPodReady({ metadata, ...pod }),
];

/** Counts the pods of disruption budgets: how many more may be evicted stands in their status. */
export function disruptionController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const budgets = informers.informer<Budget>(refs.podDisruptionBudgets);
  const pods = informers.informer<Pod>(refs.pods);
  const owners = Object.fromEntries(
    Object.values(CACHED).map((resource) => [resource, informers.informer<AnyObject>(refs[resource])]),
  ) as Record<CachedResource, ReturnType<typeof informers.informer<AnyObject>>>;
  const budgetClient = client.resource<Budget>(refs.podDisruptionBudgets);
  const recorder = context.recorder('controllermanager');
  const scaleOf = expectedScale(client, (resource, namespace, { name, uid }) => {
    const found = owners[resource].store.get(`${namespace}/${name}`);
    return found?.metadata.uid === uid ? found : undefined;
  });

  const podsOf = ({ metadata, spec }: Budget): Pod[] =>
    pods.store.inNamespace(metadata.namespace as string).filter((pod) => matchesSelector(spec.selector, pod.metadata.labels));

  const scaleFor = async (budget: Budget, selected: readonly Pod[]): Promise<number> => {
    if (!needsScale(budget)) return 0;
    try {
      const { scale, unmanaged } = await scaleOf(selected);
      if (unmanaged.length > 0)
        recorder.event(
          budget,
          'Warning',
          'UnmanagedPods',
          `Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(budget.spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
        );
      return scale;
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${(error as Error).message}`;
      recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
      throw error;
    }
  };

  const count = async (budget: Budget) => {
    const selected = podsOf(budget);
    if (selected.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const time = now();
    const wanted = wantedOf(budget, selected.length, await scaleFor(budget, selected));
    const disrupted = disruptedOf(budget, selected, time.getTime());
    const { namespace, name } = budget.metadata;
    for (const pod of disrupted.overdue)
      recorder.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`);
    const status = budgetStatus(budget, selected, wanted, disrupted.pods, time);
    if (!semanticEqual(budget.status, status)) await budgetClient.updateStatus({ ...budget, status });
    return disrupted.recheckInMs;
  };

  /** Nothing may be evicted by counts that could not be made. */
  const failSafe = async (budget: Budget, { message }: Error): Promise<void> => {
    const { observedGeneration, conditions } = budget.status ?? {};
    const failed = { type: DISRUPTION_ALLOWED, status: 'False', reason: SYNC_FAILED, message, observedGeneration } as Condition;
    const status = { ...budget.status, disruptionsAllowed: 0, conditions: setCondition(conditions, failed, now()) };
    if (!semanticEqual(budget.status, status)) await budgetClient.updateStatus({ ...budget, status } as Budget);
  };

  const self: Controller = controller({
    name: 'disruption',
    watches: [
      watch(budgets, (budget, { old }) => (old && semanticEqual(specs(old), specs(budget)) ? [] : [keyOf(budget)])),
      watch<Pod>(pods, (pod, { old, deleted }) => {
        if (old && !deleted && semanticEqual(essence(old), essence(pod))) return [];
        for (const budget of budgets.store.inNamespace(pod.metadata.namespace as string))
          if ([pod, old].some((each) => each && matchesSelector(budget.spec.selector, each.metadata.labels)))
            self.queue.addAfter(keyOf(budget), COALESCE_MS);
        return [];
      }),
      ...Object.values(owners).map((informer) => watch<AnyObject>(informer, () => [])),
    ],
    logger,
    reconcile: async (key) => {
      const budget = budgets.store.get(key);
      if (!budget) return;
      try {
        const recheckInMs = await count(budget);
        return recheckInMs === undefined ? undefined : { requeueAfterMs: recheckInMs + 1 };
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) throw error;
        await failSafe(budget, error as Error);
        throw error;
      }
    },
  });
  return self;
}

/** What a budget's own change must change for it to be counted anew: its status is written here and by evictions. */
const specs = ({ metadata, status }: Budget) => [
  metadata.generation,
  metadata.uid,
  status?.disruptedPods,
  status?.disruptionsAllowed,
];

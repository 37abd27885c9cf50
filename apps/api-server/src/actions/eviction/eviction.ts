import { type ActionHandler, checkPreconditions, type DeleteOptions, type Registry, removeObject } from '@windlass/apiserver';
import {
  type AnyObject,
  badRequest,
  labelSelectorMatcher,
  type ResourceDefinition,
  StatusError,
  setCondition,
  success,
} from '@windlass/meta';
import type { Eviction, Pod, PodCondition, PodDisruptionBudget } from '@windlass/resources';
import { lets, needsNoBudget, stillProcessed, takeDisruption } from './budget.ts';

/** The pod changed between the decision and the delete, and the client pinned nothing. */
const MAX_ATTEMPTS = 20;

export interface EvictionParts {
  registry: Registry;
  pods: ResourceDefinition;
  budgets: ResourceDefinition;
  budgetsIn(namespace: string): readonly PodDisruptionBudget[];
}

const isConflict = (error: unknown): boolean => error instanceof StatusError && error.code === 409;
const pinned = (options: DeleteOptions): boolean => !!options.preconditions?.resourceVersion;
const pinnedTo = (options: DeleteOptions, resourceVersion: string | undefined): DeleteOptions => ({
  ...options,
  preconditions: { ...options.preconditions, resourceVersion },
});

/** Marks the pod as a target of disruption and deletes it. @throws StatusError 404, 409 */
async function disruptAndDelete({ registry, pods }: EvictionParts, pod: Pod, options: DeleteOptions, dryRun: boolean) {
  const { namespace = '', name = '' } = pod.metadata;
  let deleting = options;
  if (!dryRun) {
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null as unknown as string,
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    };
    const marked = await registry.rewrite(pods, namespace, name, (object) => {
      checkPreconditions(pods, object, options);
      object.status ??= {};
      object.status.conditions = setCondition(object.status.conditions, condition, registry.now());
    });
    if (pinned(options)) deleting = pinnedTo(options, marked.metadata.resourceVersion);
  }
  await removeObject(registry, pods, namespace, name, deleting, dryRun);
}

/** @returns the budget's name, and whether the pod may go because it is not ready. @throws StatusError 403, 429 */
async function askBudget(parts: EvictionParts, budget: PodDisruptionBudget, pod: Pod, dryRun: boolean): Promise<boolean> {
  if (lets(budget, pod)) return true;
  const { registry, budgets } = parts;
  const { namespace = '', name = '' } = budget.metadata;
  const take = (object: AnyObject) => takeDisruption(object as PodDisruptionBudget, pod.metadata.name as string, registry.now());
  await registry.rewrite(budgets, namespace, name, take, dryRun);
  return false;
}

const twoBudgets = () =>
  new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    code: 500,
  } as StatusError['status']);

/** Deletes a pod that no budget protects. @returns the pod when one may. @throws StatusError */
async function evictUnprotected(parts: EvictionParts, namespace: string, name: string, options: DeleteOptions, dryRun: boolean) {
  for (let attempt = 1; ; attempt++) {
    const pod = (await parts.registry.objects.current(parts.pods, namespace, name)).object as Pod;
    if (!needsNoBudget(pod)) return pod;
    // A pending pod may have become one that counts as healthy.
    const waits = !pod.metadata.deletionTimestamp && pod.status?.phase === 'Pending';
    try {
      const safe = waits && !pinned(options) ? pinnedTo(options, pod.metadata.resourceVersion) : options;
      await disruptAndDelete(parts, pod, safe, dryRun);
      return undefined;
    } catch (error) {
      const { uid, resourceVersion } = options.preconditions ?? {};
      if (!isConflict(error) || uid || resourceVersion || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

function selects({ spec }: PodDisruptionBudget, labels: Record<string, string>): boolean {
  try {
    return !!spec.selector && labelSelectorMatcher(spec.selector).matches(labels);
  } catch {
    // An old selector that nobody can read protects nothing.
    return false;
  }
}

async function evict(parts: EvictionParts, namespace: string, name: string, options: DeleteOptions, dryRun: boolean) {
  const pod = await evictUnprotected(parts, namespace, name, options, dryRun);
  if (!pod) return;
  const budgets = parts.budgetsIn(namespace).filter((budget) => selects(budget, pod.metadata.labels ?? {}));
  if (budgets.length > 1) throw twoBudgets();
  const budget = budgets[0];
  const free = budget !== undefined && (await askBudget(parts, budget, pod, dryRun));
  try {
    await disruptAndDelete(parts, pod, free ? pinnedTo(options, pod.metadata.resourceVersion) : options, dryRun);
  } catch (error) {
    if (free && isConflict(error) && !pinned(options)) throw stillProcessed(budget.metadata.name as string);
    throw error;
  }
}

/** POST pods/NAME/eviction (API-initiated eviction): a delete that disruption budgets may refuse. */
export const podEviction =
  (parts: EvictionParts): ActionHandler =>
  async (body, { info }, dryRun) => {
    const { metadata, deleteOptions = {} } = body as Eviction & { deleteOptions?: DeleteOptions };
    if (metadata?.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
    const rehearsal = dryRun || (deleteOptions.dryRun?.length ?? 0) > 0;
    await evict(parts, info.namespace, info.name, deleteOptions as DeleteOptions, rehearsal);
    return { status: 201, object: success(undefined, 201) as unknown as AnyObject };
  };

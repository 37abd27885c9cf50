import { keyOf } from '@windlass/client';
import { type Controller, controller, controllerKey, watch } from '@windlass/controller';
import { isEmptySelector, matchesSelector } from '@windlass/meta';
import type { Deployment, Pod, ReplicaSet } from '@windlass/resources';
import { byControllerOrOrphan, claim, controllerOf, type Owner } from '../shared/claim.ts';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { refs } from '../shared/refs.ts';
import { advance, type Rollout } from './rollout.ts';
import { countedStatus, deadlineInMs, isComplete, rolloutStatus } from './status.ts';

/** Rolls a deployment's template out over ReplicaSets. */
export function deploymentController(context: ControllerContext): Controller {
  const { client, informers, logger, now } = context;
  const deployments = informers.informer<Deployment & Owner>(refs.deployments);
  const sets = informers.informer<ReplicaSet>(refs.replicaSets, { indexers: { controller: byControllerOrOrphan } });
  const pods = informers.informer<Pod>(refs.pods, { indexers: { controller: byControllerOrOrphan } });
  const deploymentClient = client.resource<Deployment & Owner>(refs.deployments);
  const setClient = client.resource<ReplicaSet>(refs.replicaSets);
  const recorder = context.recorder('deployment-controller');
  const podsOf = (set: ReplicaSet) => pods.store.byIndex('controller', set.metadata.uid as string);

  const adopters = (set: ReplicaSet): string[] =>
    deployments.store
      .inNamespace(set.metadata.namespace as string)
      .filter((d) => !isEmptySelector(d.spec.selector) && matchesSelector(d.spec.selector, set.metadata.labels))
      .map(keyOf);
  const setWatch = watch<ReplicaSet>(sets, (set, { old, deleted }) => {
    const orphan = !deleted && !controllerOf(set) && (!old || old.metadata.labels !== set.metadata.labels);
    return [controllerKey(set, 'Deployment'), old && controllerKey(old, 'Deployment'), ...(orphan ? adopters(set) : [])];
  });
  // Recreate waits for the last old pod; everything else learns of pods through the sets' status.
  const podWatch = watch<Pod>(pods, (pod, { deleted }) => {
    const set = deleted && controllerKey(pod, 'ReplicaSet');
    const owner = set ? sets.store.get(set) : undefined;
    const key = owner && controllerKey(owner, 'Deployment');
    return key && deployments.store.get(key)?.spec.strategy?.type === 'Recreate' ? [key] : [];
  });

  const reconcile = async (key: string) => {
    const deployment = deployments.store.get(key);
    if (!deployment) return;
    if (isEmptySelector(deployment.spec.selector)) {
      recorder.event(
        deployment,
        'Warning',
        'SelectingAll',
        'This deployment is selecting all pods. A non-empty selector is required.',
      );
      return;
    }
    const uid = deployment.metadata.uid as string;
    const claimed = await claim<ReplicaSet>({
      owner: deployment,
      candidates: [
        ...sets.store.byIndex('controller', uid),
        ...sets.store.byIndex('controller', `orphan:${deployment.metadata.namespace}`),
      ],
      matches: (set) => matchesSelector(deployment.spec.selector, set.metadata.labels),
      objects: setClient,
      freshOwner: () => deploymentClient.get(deployment.metadata),
    });
    const time = timestamp(now());
    const rollout: Rollout = { draft: { ...deployment }, sets: claimed, setClient, recorder, time };
    let failed: unknown;
    if (!deployment.metadata.deletionTimestamp) {
      failed = await advance(rollout, podsOf).catch((error) => error ?? new Error('advance failed'));
    }
    const { draft } = rollout;
    const counting = deployment.metadata.deletionTimestamp || draft.spec.paused;
    const status = counting
      ? countedStatus(draft, rollout.sets, rollout.newSet, time)
      : rolloutStatus(draft, rollout.sets, rollout.newSet, now().getTime(), time);
    if (!semanticEqual(deployment.status, status) || !semanticEqual(deployment.metadata.annotations, draft.metadata.annotations))
      await deploymentClient.updateStatus({ ...draft, status });
    if (failed) throw failed;
    const left = counting || isComplete(draft, status) ? undefined : deadlineInMs(draft, status, now().getTime());
    return left !== undefined && left > 0 ? { requeueAfterMs: left + 1000 } : undefined;
  };

  return controller({ name: 'deployment', workers: 5, watches: [watch(deployments), setWatch, podWatch], reconcile, logger });
}

import type { Deployment, PodTemplateSpec, ReplicaSet } from '@windlass/resources';
import { newControllerRef, type Owner } from '../shared/claim.ts';
import { semanticEqual } from '../shared/equal.ts';
import { templateHash } from '../shared/hash.ts';
import { newSetAnnotations } from './annotations.ts';
import { byAge, newSetSize } from './plan.ts';

export const HASH_LABEL = 'pod-template-hash';

/** Whether two templates differ in nothing but the hash label. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  const strip = (template: PodTemplateSpec | undefined) => {
    const { [HASH_LABEL]: _, ...labels } = template?.metadata?.labels ?? {};
    const { creationTimestamp: __, ...metadata } = template?.metadata ?? {};
    return { ...template, metadata: { ...metadata, labels, annotations: template?.metadata?.annotations ?? {} } };
  };
  return semanticEqual(strip(a), strip(b));
}

/** The oldest set of the deployment's present template. */
export const findNewSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets].sort(byAge).find((set) => sameTemplate(set.spec.template, deployment.spec.template));

/** The set to create for the deployment's present template. */
export function makeNewSet(deployment: Deployment & Owner, oldSets: readonly ReplicaSet[], revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: newSetAnnotations(deployment, undefined, revision),
      ownerReferences: [newControllerRef(deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, oldSets, 0),
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

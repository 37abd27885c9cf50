import type { Pod, PodTemplateSpec } from '@windlass/resources';
import { newControllerRef, type Owner } from './claim.ts';

/** The pod that a controller makes from its template (controller.GetPodFromTemplate). */
export function podFromTemplate(template: PodTemplateSpec, owner: Owner): Pod {
  const prefix = `${owner.metadata.name}-`;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: owner.metadata.namespace,
      // A name that would be too long for a pod prefix is used without the dash, as Kubernetes does.
      generateName: prefix.length <= 253 ? prefix : owner.metadata.name,
      labels: labels && { ...labels },
      annotations: annotations && { ...annotations },
      finalizers: finalizers && [...finalizers],
      ownerReferences: [newControllerRef(owner)],
    },
    spec: structuredClone(template.spec) as Pod['spec'],
  };
}

import { matchesLabels } from '@windlass/meta';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet } from '@windlass/resources';
import { POD_REVISION } from '../history/revisions.ts';
import type { Owner } from '../shared/claim.ts';
import { podFromTemplate } from '../shared/pod-template.ts';

export type OwnedSet = StatefulSet & Owner;
export const POD_NAME = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX = 'apps.kubernetes.io/pod-index';

export const startOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;
export const replicasOf = ({ spec }: StatefulSet): number => spec.replicas ?? 1;
export const podNameOf = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;

/** Ordinal of a pod by its name; undefined when the name is not one of the set's. */
export function ordinalOf(set: StatefulSet, { metadata }: Pod): number | undefined {
  const match = /^(.*)-(\d{1,10})$/.exec(metadata.name ?? '');
  return match && match[1] === set.metadata.name ? Number(match[2]) : undefined;
}

export const revisionOf = ({ metadata }: Pod): string | undefined => metadata.labels?.[POD_REVISION];

export const claimNameOf = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${podNameOf(set, ordinal)}`;

const identityLabels = (set: StatefulSet, ordinal: number) => ({
  [POD_NAME]: podNameOf(set, ordinal),
  [POD_INDEX]: String(ordinal),
});

/** The pod of an ordinal, of the template and name of a revision. */
export function statefulPod(set: OwnedSet, template: PodTemplateSpec, revision: string, ordinal: number): Pod {
  const { generateName: _, ...rest } = podFromTemplate(template, set).metadata;
  const pod = podFromTemplate(template, set);
  const name = podNameOf(set, ordinal);
  return withStorage(set, ordinal, {
    ...pod,
    metadata: { ...rest, name, labels: { ...rest.labels, ...identityLabels(set, ordinal), [POD_REVISION]: revision } },
    spec: { ...pod.spec, hostname: name, subdomain: set.spec.serviceName || undefined },
  });
}

/** Claims take the place of volumes of the same name. */
function withStorage(set: StatefulSet, ordinal: number, pod: Pod): Pod {
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const names = templates.map(({ metadata }) => metadata.name as string);
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: claimNameOf(set, name, ordinal) } }));
  const others = (pod.spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  return { ...pod, spec: { ...pod.spec, volumes: [...claims, ...others] } };
}

/** Whether a pod has the labels and claims of its ordinal. */
export function isItself(set: StatefulSet, pod: Pod, ordinal: number): boolean {
  const volumes = pod.spec.volumes ?? [];
  const hasClaim = (template: string) =>
    volumes.some((v) => v.name === template && v.persistentVolumeClaim?.claimName === claimNameOf(set, template, ordinal));
  return (
    matchesLabels(identityLabels(set, ordinal), pod.metadata.labels) &&
    (set.spec.volumeClaimTemplates ?? []).every(({ metadata }) => hasClaim(metadata.name as string))
  );
}

/** Labels that bring a pod back to its identity. */
export const repairLabels = (set: StatefulSet, pod: Pod, ordinal: number): Record<string, string> => ({
  ...pod.metadata.labels,
  ...identityLabels(set, ordinal),
});

/** The claims of an ordinal. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimNameOf(set, template.metadata.name as string, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      annotations: template.metadata.annotations && { ...template.metadata.annotations },
    },
    spec: structuredClone(template.spec),
  }));
}

import { createHash } from 'node:crypto';
import { defaultPod, type Pod, validatePod } from '@windlass/resources';
import { parseAllDocuments } from 'yaml';

/** Annotations of static pods and their mirrors (pkg/kubelet/types). */
export const CONFIG = {
  source: 'kubernetes.io/config.source',
  hash: 'kubernetes.io/config.hash',
  seen: 'kubernetes.io/config.seen',
  mirror: 'kubernetes.io/config.mirror',
} as const;

export const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[CONFIG.mirror] !== undefined;
export const isStatic = (pod: Pod): boolean => pod.metadata.annotations?.[CONFIG.source] === 'file' && !isMirror(pod);

/** What a static pod cannot have: it must run without the API server. */
function references({ spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return 'static pods may not reference serviceAccounts';
  for (const { configMap, secret, persistentVolumeClaim, projected, ephemeral } of spec.volumes ?? [])
    if (configMap ?? secret ?? persistentVolumeClaim ?? projected ?? ephemeral)
      return 'static pods may not reference configmaps, secrets or persistentvolumeclaims';
  const env = [...spec.containers, ...(spec.initContainers ?? [])].flatMap((each) => [
    ...(each.envFrom ?? []).map(({ configMapRef, secretRef }) => configMapRef ?? secretRef),
    ...(each.env ?? []).map(({ valueFrom }) => valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef),
  ]);
  return env.some(Boolean) ? 'static pods may not reference configmaps or secrets' : undefined;
}

/**
 * The static pod of a manifest, JSON or YAML: its name ends in the node's, its uid stands for node, file and content (so that a change makes
 * another pod, and a daemon that starts again finds its own). Pure. (pkg/kubelet/config/common.go)
 * @throws Error that says what is wrong with it
 */
export function staticPod(text: string, file: string, nodeName: string, now: Date): Pod {
  const documents = parseAllDocuments(text);
  const [first] = documents;
  if (!first || documents.length > 1) throw new Error(`want one pod, found ${documents.length} documents`);
  if (first.errors.length > 0) throw first.errors[0]!;
  const read = first.toJS() as Pod | null;
  if (read?.kind !== 'Pod' || read.apiVersion !== 'v1') throw new Error(`want a v1 Pod, found ${read?.apiVersion} ${read?.kind}`);
  if (!read.metadata?.name || !read.spec) throw new Error('want metadata.name and spec');
  const { metadata, spec } = read;
  const uid =
    metadata.uid ??
    createHash('md5')
      .update(JSON.stringify([nodeName, file, read]))
      .digest('hex');
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      uid,
      name: `${metadata.name}-${nodeName.toLowerCase()}`,
      namespace: metadata.namespace ?? 'default',
      annotations: { ...metadata.annotations, [CONFIG.hash]: uid, [CONFIG.source]: 'file', [CONFIG.seen]: now.toISOString() },
    },
    spec: { ...spec, nodeName, tolerations: [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }] },
  };
  defaultPod(pod);
  const refused = references(pod);
  if (refused) throw new Error(refused);
  const mistakes = validatePod(pod);
  if (mistakes.length > 0) throw new Error(mistakes.map(({ field, detail }) => `${field}: ${detail}`).join('; '));
  return pod;
}

/** The pod in the API server that stands for a static pod. */
export function mirrorOf({ metadata, spec }: Pod, node: { name: string; uid: string }): Pod {
  const { uid, ...rest } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...rest,
      annotations: { ...rest.annotations, [CONFIG.mirror]: uid! },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
    spec,
  };
}

import type {
  ConfigMap,
  ConfigMapProjection,
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Secret,
  SecretProjection,
  ServiceAccountTokenProjection,
  Volume,
} from '@windlass/resources';
import type { PodObjects } from '../pod/env.ts';
import { type FieldFacts, fieldValue, resourceValue } from '../pod/fields.ts';
import type { FileContent } from './atomic-writer.ts';

const DEFAULT_MODE = 0o644;
type Files = Map<string, FileContent>;

export interface PayloadSources extends PodObjects {
  facts: FieldFacts;
  /** A service account token bound to the pod. */
  token(projection: ServiceAccountTokenProjection): Promise<string>;
}

/** A volume that cannot be filled yet; the message is the kubelet's. */
export class VolumeError extends Error {
  override name = 'VolumeError';
}

/** Files of a ConfigMap: all keys, or those of `items`. */
export function configMapFiles(map: ConfigMap, items: KeyToPath[] | undefined, mode: number, optional = false): Files {
  const data = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(map.data ?? {})) data.set(key, Buffer.from(value));
  for (const [key, value] of Object.entries(map.binaryData ?? {})) data.set(key, Buffer.from(String(value), 'base64'));
  return selected(data, items, mode, optional, 'configmap');
}

export function secretFiles(secret: Secret, items: KeyToPath[] | undefined, mode: number, optional = false): Files {
  const data = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(secret.data ?? {})) data.set(key, Buffer.from(String(value), 'base64'));
  return selected(data, items, mode, optional, 'secret');
}

function selected(
  data: Map<string, Buffer>,
  items: KeyToPath[] | undefined,
  mode: number,
  optional: boolean,
  what: string,
): Files {
  const files: Files = new Map();
  if (!items?.length) for (const [key, content] of data) files.set(key, { content, mode });
  for (const { key, path, mode: own } of items ?? []) {
    const content = data.get(key);
    if (content) files.set(path, { content, mode: own ?? mode });
    else if (!optional)
      throw new VolumeError(
        `${what === 'secret' ? 'references non-existent secret key' : 'configmap references non-existent config key'}: ${key}`,
      );
  }
  return files;
}

export function downwardFiles(items: DownwardAPIVolumeFile[] | undefined, pod: Pod, facts: FieldFacts, mode: number): Files {
  const files: Files = new Map();
  for (const item of items ?? []) {
    let text = '';
    if (item.fieldRef) text = fieldValue(item.fieldRef, pod, facts);
    else if (item.resourceFieldRef) {
      const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
      const container = all.find(({ name }) => name === item.resourceFieldRef!.containerName);
      if (!container) throw new VolumeError(`container ${item.resourceFieldRef.containerName} not found`);
      text = resourceValue(item.resourceFieldRef, container, facts);
    }
    files.set(item.path, { content: Buffer.from(text), mode: item.mode ?? mode });
  }
  return files;
}

async function fromConfigMap(source: ConfigMapProjection, objects: PodObjects, mode: number): Promise<Files> {
  const map = await objects.configMap(source.name!);
  if (!map && !source.optional) throw new VolumeError(`configmap ${JSON.stringify(source.name)} not found`);
  return map ? configMapFiles(map, source.items, mode, source.optional) : new Map();
}

async function fromSecret(source: SecretProjection, objects: PodObjects, mode: number): Promise<Files> {
  const secret = await objects.secret(source.name!);
  if (!secret && !source.optional) throw new VolumeError(`secret ${JSON.stringify(source.name)} not found`);
  return secret ? secretFiles(secret, source.items, mode, source.optional) : new Map();
}

/** The files of a configMap, secret, downwardAPI or projected volume. @throws VolumeError */
export async function volumePayload(volume: Volume, pod: Pod, sources: PayloadSources): Promise<Files> {
  if (volume.configMap) return fromConfigMap(volume.configMap, sources, volume.configMap.defaultMode ?? DEFAULT_MODE);
  if (volume.secret) {
    const { secretName, items, optional, defaultMode } = volume.secret;
    return fromSecret({ name: secretName, items, optional }, sources, defaultMode ?? DEFAULT_MODE);
  }
  if (volume.downwardAPI)
    return downwardFiles(volume.downwardAPI.items, pod, sources.facts, volume.downwardAPI.defaultMode ?? DEFAULT_MODE);
  const mode = volume.projected?.defaultMode ?? DEFAULT_MODE;
  const parts = await Promise.all(
    (volume.projected?.sources ?? []).map(async ({ configMap, secret, downwardAPI, serviceAccountToken }): Promise<Files> => {
      if (configMap) return fromConfigMap(configMap, sources, mode);
      if (secret) return fromSecret(secret, sources, mode);
      if (downwardAPI) return downwardFiles(downwardAPI.items, pod, sources.facts, mode);
      if (!serviceAccountToken) throw new VolumeError('unsupported projected volume source');
      const content = Buffer.from(await sources.token(serviceAccountToken));
      return new Map([[serviceAccountToken.path, { content, mode: tokenMode(pod, mode) }]]);
    }),
  );
  return new Map(parts.flatMap((files) => [...files]));
}

/** A token is its user's alone when there is one user (KEP-1205); with an fsGroup, the group's. */
function tokenMode(pod: Pod, mode: number): number {
  if (pod.spec.securityContext?.fsGroup !== undefined) return 0o640;
  return tokenOwner(pod) === undefined ? mode : 0o600;
}

/** The user that all containers run as, if it is one. */
export function tokenOwner(pod: Pod): number | undefined {
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const users = new Set(all.map(({ securityContext }) => securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser));
  return users.size === 1 ? [...users][0] : undefined;
}

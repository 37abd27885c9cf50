import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from '../types.gen.ts';
import { imageTag } from './image-reference.ts';
import { defaultSharedSources } from './shared-volume-sources.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

export const pullPolicyFor = (image: string): 'Always' | 'IfNotPresent' =>
  imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent';

function defaultFiles(files: DownwardAPIVolumeFile[] | undefined): void {
  for (const { fieldRef } of files ?? []) if (fieldRef) fieldRef.apiVersion ||= 'v1';
}

function defaultProjection(source: VolumeProjection): void {
  defaultFiles(source.downwardAPI?.items);
  if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
  if (source.podCertificate) source.podCertificate.maxExpirationSeconds ??= 86_400;
}

const hasSource = (volume: Volume): boolean => {
  for (const key in volume) if (key !== 'name') return true;
  return false;
};

/** SetDefaults_Volume and those of its sources. */
export function defaultVolume(volume: Volume): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  const { secret, configMap, downwardAPI, projected, image, ephemeral } = volume;
  if (secret) secret.defaultMode ??= FILE_MODE;
  if (configMap) configMap.defaultMode ??= FILE_MODE;
  if (downwardAPI) {
    downwardAPI.defaultMode ??= FILE_MODE;
    defaultFiles(downwardAPI.items);
  }
  if (projected) {
    projected.defaultMode ??= FILE_MODE;
    projected.sources?.forEach(defaultProjection);
  }
  if (image) image.pullPolicy ||= pullPolicyFor(image.reference ?? '');
  if (ephemeral?.volumeClaimTemplate) ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem';
  defaultSharedSources(volume);
}

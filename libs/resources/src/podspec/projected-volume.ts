import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { required } from '../fields/names.ts';
import { fileMode } from '../fields/numbers.ts';
import { nonReservedPath } from '../fields/paths.ts';
import { validateSignerName } from '../fields/signer-name.ts';
import { goStruct } from '../internal/go-struct.ts';
import type {
  ClusterTrustBundleProjection,
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../types.gen.ts';
import { VOLUME_FIELDS, validateFieldRef, validateResourceFieldRef } from './field-refs.ts';
import { validateTrustBundleName } from './trust-bundle-name.ts';
import { validateKeyToPath } from './volume-sources.ts';

const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

function validateDownwardFile({ path, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile, at: Path): FieldError[] {
  const here = at.child('path');
  const errors = [...required(path, here), ...nonReservedPath(path ?? '', here)];
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_FIELDS, at.child('fieldRef')));
    if (resourceFieldRef)
      errors.push(fieldError.invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, at.child('resourceFieldRef'), true));
  else errors.push(fieldError.required(at, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...fileMode(mode, at.child('mode'))];
}

export const validateDownwardApi = ({ defaultMode, items = [] }: DownwardAPIVolumeSource, at: Path): FieldError[] => [
  ...fileMode(defaultMode, at.child('defaultMode')),
  ...items.flatMap((file) => validateDownwardFile(file, at)),
];

function validateToken({ expirationSeconds = 0, path }: ServiceAccountTokenProjection, at: Path, volumeAt: Path): FieldError[] {
  const here = at.child('expirationSeconds');
  const errors: FieldError[] = [];
  if (expirationSeconds < MIN_TOKEN_SECONDS)
    errors.push(fieldError.invalid(here, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds > MAX_TOKEN_SECONDS)
    errors.push(fieldError.invalid(here, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  if (!path) errors.push(fieldError.required(volumeAt.child('path')));
  else errors.push(...nonReservedPath(path, volumeAt.child('path')));
  return errors;
}

function validateTrustBundle(bundle: ClusterTrustBundleProjection, at: Path): FieldError[] {
  const { name, signerName, labelSelector, path } = bundle;
  const errors: FieldError[] = [];
  if (name !== undefined && signerName !== undefined)
    errors.push(
      fieldError.invalid(at, goStruct('ClusterTrustBundleProjection', bundle), 'only one of name and signerName may be used'),
    );
  else if (name !== undefined) {
    if (name === '') errors.push(fieldError.required(at.child('name'), 'must be a valid object name'));
    for (const text of validateTrustBundleName(name))
      errors.push(fieldError.invalid(at.child('name'), name, `not a valid clustertrustbundlename: ${text}`));
    if (labelSelector)
      errors.push(
        fieldError.invalid(at.child('labelSelector'), labelSelector, 'labelSelector must be unset if name is specified'),
      );
  } else if (signerName !== undefined) {
    if (signerName === '') errors.push(fieldError.required(at.child('signerName'), 'must be a valid signer name'));
    errors.push(...validateSignerName(signerName, at.child('signerName')));
    errors.push(...validateLabelSelector(labelSelector, at.child('labelSelector')));
  } else errors.push(fieldError.required(at, 'either name or signerName must be specified'));
  return [...errors, ...required(path, at.child('path')), ...nonReservedPath(path ?? '', at.child('path'))];
}

const KEY_TYPES = ['ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519', 'RSA3072', 'RSA4096'];
const HOUR = 3600;
const DAY = 24 * HOUR;

function validatePodCertificate(projection: PodCertificateProjection, at: Path): FieldError[] {
  const { signerName, keyType, maxExpirationSeconds, credentialBundlePath, keyPath, certificateChainPath } = projection;
  const errors = [
    ...validateSignerName(signerName ?? '', at.child('signerName')),
    ...requiredOneOf(keyType, KEY_TYPES, at.child('keyType')),
  ];
  if (maxExpirationSeconds !== undefined) {
    const here = at.child('maxExpirationSeconds');
    const most = signerName?.startsWith('kubernetes.io/') ? DAY : 91 * DAY;
    if (maxExpirationSeconds < HOUR) errors.push(fieldError.invalid(here, maxExpirationSeconds, `must be at least ${HOUR}`));
    if (maxExpirationSeconds > most)
      errors.push(fieldError.invalid(here, maxExpirationSeconds, `must not be greater than ${most}`));
  }
  const paths = { credentialBundlePath, keyPath, certificateChainPath };
  let given = 0;
  for (const [field, path] of Object.entries(paths)) {
    if (!path) continue;
    given++;
    errors.push(...nonReservedPath(path, at.child(field)));
  }
  if (given === 0)
    errors.push(fieldError.required(at, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'));
  return errors;
}

function filesOf(source: VolumeProjection): { path: string; shown: string }[] {
  const files: { path: string; shown: string }[] = [];
  const { secret, configMap, downwardAPI, clusterTrustBundle, podCertificate } = source;
  for (const named of [secret, configMap])
    for (const { path } of named?.items ?? []) if (path) files.push({ path, shown: named!.name ?? '' });
  for (const { path } of downwardAPI?.items ?? []) if (path) files.push({ path, shown: path });
  const { credentialBundlePath, keyPath, certificateChainPath } = podCertificate ?? {};
  for (const path of [clusterTrustBundle?.path, credentialBundlePath, keyPath, certificateChainPath])
    if (path) files.push({ path, shown: path });
  return files;
}

function validateSource(source: VolumeProjection, at: Path, volumeAt: Path): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source;
  const errors: FieldError[] = [];
  for (const [field, named] of [
    ['secret', secret],
    ['configMap', configMap],
  ] as const) {
    if (!named) continue;
    errors.push(...required(named.name, at.child(field, 'name')));
    named.items?.forEach((item, i) => void errors.push(...validateKeyToPath(item, at.child(field, 'items').index(i))));
  }
  for (const file of downwardAPI?.items ?? []) errors.push(...validateDownwardFile(file, at.child('downwardAPI')));
  if (serviceAccountToken) errors.push(...validateToken(serviceAccountToken, at.child('serviceAccountToken'), volumeAt));
  if (clusterTrustBundle) errors.push(...validateTrustBundle(clusterTrustBundle, at.child('clusterTrustBundle')));
  if (podCertificate) errors.push(...validatePodCertificate(podCertificate, at.child('podCertificate')));
  return errors;
}

export function validateProjected({ defaultMode, ...source }: ProjectedVolumeSource, at: Path): FieldError[] {
  const sources = source.sources ?? [];
  const errors = fileMode(defaultMode, at.child('defaultMode'));
  const seen = new Set<string>();
  sources.forEach((source, i) => {
    const here = at.child('sources').index(i);
    errors.push(...validateSource(source, here, at));
    for (const { path, shown } of filesOf(source)) {
      if (seen.has(path)) errors.push(fieldError.invalid(at, shown, 'conflicting duplicate paths'));
      seen.add(path);
    }
    if (Object.keys(source).length > 1)
      errors.push(fieldError.forbidden(here, 'may not specify more than 1 volume type per source'));
  });
  return errors;
}

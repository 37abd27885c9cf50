import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { dnsLabel, required } from '../fields/names.ts';
import { inRange } from '../fields/numbers.ts';
import { descendingPath } from '../fields/paths.ts';
import type {
  AWSElasticBlockStoreVolumeSource,
  CinderVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  GitRepoVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
} from '../types.gen.ts';
import { validateRequiredFields } from './volume-sources.ts';

export const validateGitRepo = ({ repository, directory = '' }: GitRepoVolumeSource, at: Path): FieldError[] => [
  ...required(repository, at.child('repository')),
  ...descendingPath(directory, at.child('directory')),
];

export const validateGcePersistentDisk = (source: GCEPersistentDiskVolumeSource, at: Path): FieldError[] => [
  ...validateRequiredFields('gcePersistentDisk', source, at),
  ...partition(source.partition, at),
];

export const validateAwsBlockStore = (source: AWSElasticBlockStoreVolumeSource, at: Path): FieldError[] => [
  ...validateRequiredFields('awsElasticBlockStore', source, at),
  ...partition(source.partition, at),
];

/** Checked from 0, though the text says 1. */
const partition = (value: number | undefined, at: Path): FieldError[] =>
  value !== undefined && (value < 0 || value > 255) ? inRange(value, 1, 255, at.child('partition')) : [];

export const validateCinder = (source: CinderVolumeSource, at: Path): FieldError[] => [
  ...validateRequiredFields('cinder', source, at),
  ...(source.secretRef ? required(source.secretRef.name, at.child('secretRef', 'name')) : []),
];

export function validateFlocker({ datasetName, datasetUUID }: FlockerVolumeSource, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!datasetName && !datasetUUID) errors.push(fieldError.required(at, 'one of datasetName and datasetUUID is required'));
  if (datasetName && datasetUUID)
    errors.push(fieldError.invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (datasetName?.includes('/')) errors.push(fieldError.invalid(at.child('datasetName'), datasetName, "must not contain '/'"));
  return errors;
}

const HOST_PORTS = 'must be a host:port pair or multiple pairs separated by commas';

export function validateQuobyte({ registry, tenant = '', volume }: QuobyteVolumeSource, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!registry) errors.push(fieldError.required(at.child('registry'), HOST_PORTS));
  else if (tenant.length >= 65)
    errors.push(fieldError.required(at.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!/^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) errors.push(fieldError.invalid(at.child('registry'), registry, HOST_PORTS));
  return [...errors, ...required(volume, at.child('volume'))];
}

export const validateStorageOs = ({ volumeName, volumeNamespace, secretRef }: StorageOSVolumeSource, at: Path): FieldError[] => [
  ...(volumeName ? dnsLabel(volumeName, at.child('volumeName')) : [fieldError.required(at.child('volumeName'))]),
  ...(volumeNamespace ? dnsLabel(volumeNamespace, at.child('volumeNamespace')) : []),
  ...(secretRef ? required(secretRef.name, at.child('secretRef', 'name')) : []),
];

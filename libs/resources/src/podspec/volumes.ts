import { type FieldError, fieldError, type Path, validateDns1123Subdomain } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { required, requiredDnsLabel } from '../fields/names.ts';
import { validateClaimTemplate } from '../storage/claim-spec.ts';
import type { Volume } from '../types.gen.ts';
import type { PodOptions } from './options.ts';
import {
  validateAwsBlockStore,
  validateCinder,
  validateFlocker,
  validateGcePersistentDisk,
  validateGitRepo,
  validateQuobyte,
  validateStorageOs,
} from './other-volume-sources.ts';
import { validateDownwardApi, validateProjected } from './projected-volume.ts';
import {
  validateAzureDisk,
  validateConfigMapVolume,
  validateCsi,
  validateFibreChannel,
  validateFlexVolume,
  validateHostPath,
  validateIscsi,
  validateNfs,
  validateRequiredFields,
  validateSecretVolume,
} from './volume-sources.ts';

export type VolumesByName = ReadonlyMap<string, Volume>;

interface SourceKind {
  name: keyof Volume;
  /** `at` is the volume's path. */
  check(volume: Volume, at: Path, options: PodOptions): FieldError[];
  /** Name of the path in the error of a second source, where it is not the field's. */
  second?: string;
}

/** A source whose rules need nothing but the source itself. */
const plain = <K extends keyof Volume>(
  name: K,
  validate: (source: NonNullable<Volume[K]>, at: Path) => FieldError[],
  pathName: string = name,
  second?: string,
): SourceKind => ({ name, second, check: (volume, at) => validate(volume[name]!, at.child(pathName)) });

const fieldsOnly = (name: keyof Volume, pathName: string = name, second?: string): SourceKind =>
  plain(name, (source, at) => validateRequiredFields(name, source as object, at), pathName, second);

function validateEphemeral(volume: Volume, at: Path, { podName }: PodOptions): FieldError[] {
  const template = volume.ephemeral!.volumeClaimTemplate;
  const here = at.child('ephemeral', 'volumeClaimTemplate');
  const errors = template ? validateClaimTemplate(template, here) : [fieldError.required(here)];
  if (!podName || !volume.name) return errors;
  const claim = `${podName}-${volume.name}`;
  for (const text of validateDns1123Subdomain(claim))
    errors.push(fieldError.invalid(at.child('name'), volume.name, `PVC name ${JSON.stringify(claim)}: ${text}`));
  return errors;
}

/** In Kubernetes' order, which decides whose path the error of a second source names. */
const SOURCES: readonly SourceKind[] = [
  {
    name: 'emptyDir',
    check: ({ emptyDir }, at) =>
      emptyDir?.sizeLimit?.startsWith('-')
        ? [fieldError.forbidden(at.child('emptyDir', 'sizeLimit'), 'SizeLimit field must be a valid resource quantity')]
        : [],
  },
  plain('hostPath', validateHostPath),
  plain('gitRepo', validateGitRepo),
  plain('gcePersistentDisk', validateGcePersistentDisk, 'persistentDisk', 'gcePersistentDisk'),
  plain('awsElasticBlockStore', validateAwsBlockStore),
  plain('secret', validateSecretVolume),
  plain('nfs', validateNfs),
  { name: 'iscsi', check: (volume, at) => validateIscsi(volume.iscsi!, volume.name, at) },
  fieldsOnly('glusterfs'),
  plain('flocker', validateFlocker),
  fieldsOnly('persistentVolumeClaim'),
  fieldsOnly('rbd'),
  plain('cinder', validateCinder),
  fieldsOnly('cephfs', 'cephfs', 'cephFS'),
  plain('quobyte', validateQuobyte),
  plain('downwardAPI', validateDownwardApi, 'downwardAPI', 'downwarAPI'),
  plain('fc', validateFibreChannel),
  plain('flexVolume', validateFlexVolume),
  plain('configMap', validateConfigMapVolume),
  fieldsOnly('azureFile'),
  fieldsOnly('vsphereVolume'),
  fieldsOnly('photonPersistentDisk'),
  fieldsOnly('portworxVolume'),
  plain('azureDisk', validateAzureDisk),
  plain('storageos', validateStorageOs),
  plain('projected', validateProjected),
  fieldsOnly('scaleIO'),
  plain('csi', validateCsi),
  { name: 'ephemeral', check: validateEphemeral },
  {
    name: 'image',
    check: ({ image }, at) => [
      ...required(image?.reference, at.child('image', 'reference')),
      ...oneOf(image?.pullPolicy, ['Always', 'IfNotPresent', 'Never'], at.child('image', 'pullPolicy')),
    ],
  },
];

function validateVolumeSource(volume: Volume, at: Path, options: PodOptions): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const { name, check, second } of SOURCES) {
    if (volume[name] === undefined) continue;
    if (count > 0 && name !== 'emptyDir')
      errors.push(fieldError.forbidden(at.child(second ?? name), 'may not specify more than 1 volume type'));
    else errors.push(...check(volume, at, options));
    count++;
  }
  if (count === 0) errors.push(fieldError.required(at, 'must specify a volume type'));
  return errors;
}

/** ValidateVolumes: the errors, and the valid volumes by name, which mounts may refer to. */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  at: Path,
  options: PodOptions,
): { volumes: VolumesByName; errors: FieldError[] } {
  const byName = new Map<string, Volume>();
  const errors: FieldError[] = [];
  if (!volumes) return { volumes: byName, errors };
  const made = new Set<string>();
  if (options.podName) for (const { name, ephemeral } of volumes) if (ephemeral) made.add(`${options.podName}-${name}`);
  volumes.forEach((volume, i) => {
    const here = at.index(i);
    const own = validateVolumeSource(volume, here, options);
    own.push(...requiredDnsLabel(volume.name, here.child('name')));
    if (byName.has(volume.name)) own.push(fieldError.duplicate(here.child('name'), volume.name));
    if (own.length === 0) byName.set(volume.name, volume);
    errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim && made.has(claim)) {
      const where = here.child('persistentVolumeClaim', 'claimName');
      errors.push(fieldError.invalid(where, claim, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
  });
  return { volumes: byName, errors };
}

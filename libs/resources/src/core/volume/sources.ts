import { type FieldError, fieldError, type Path, validateDns1123Label } from '@windlass/meta';
import { required, requiredDnsLabel, requiredDnsSubdomain, textErrors } from '../../fields/names.ts';
import { noBacksteps } from '../../fields/paths.ts';
import {
  validateAwsBlockStore,
  validateFlocker,
  validateGcePersistentDisk,
  validateQuobyte,
} from '../../podspec/other-volume-sources.ts';
import {
  validateAzureDisk,
  validateCsiDriverName,
  validateFibreChannel,
  validateFlexVolume,
  validateHostPath,
  validateIscsi,
  validateNfs,
  validateRequiredFields,
} from '../../podspec/volume-sources.ts';
import type {
  CSIPersistentVolumeSource,
  FlexVolumeSource,
  GlusterfsPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  ISCSIVolumeSource,
  PersistentVolumeSpec,
  SecretReference,
  StorageOSPersistentVolumeSource,
} from '../../types.gen.ts';

function validateGlusterfs(source: GlusterfsPersistentVolumeSource, at: Path): FieldError[] {
  const errors = validateRequiredFields('glusterfs', source, at);
  const namespace = source.endpointsNamespace;
  const here = at.child('endpointsNamespace');
  if (namespace === '')
    errors.push(fieldError.invalid(here, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  else if (namespace !== undefined) errors.push(...textErrors(validateDns1123Label, namespace, here));
  return errors;
}

const MAX_PORTAL = 64;
const PORTAL_TEXT =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

function validateIscsiVolume(source: ISCSIPersistentVolumeSource, volume: string, spec: Path): FieldError[] {
  const at = spec.child('iscsi');
  const errors = validateIscsi(source as ISCSIVolumeSource, '', spec);
  if (source.secretRef) errors.push(...required(source.secretRef.name, at.child('secretRef', 'name')));
  if (source.initiatorName !== undefined && `${volume}:${source.targetPortal}`.length > MAX_PORTAL)
    errors.push(fieldError.invalid(at.child('targetportal'), source.targetPortal, PORTAL_TEXT));
  return errors;
}

/** Both parts of a reference across namespaces. */
const bothParts = (ref: { name?: string; namespace?: string } | undefined, at: Path): FieldError[] =>
  ref ? [...required(ref.name, at.child('name')), ...required(ref.namespace, at.child('namespace'))] : [];

const secretReference = ({ name, namespace }: SecretReference, at: Path): FieldError[] => [
  ...requiredDnsSubdomain(name, at.child('name')),
  ...requiredDnsLabel(namespace, at.child('namespace')),
];

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

const validateCsi = (source: CSIPersistentVolumeSource, at: Path): FieldError[] => [
  ...validateCsiDriverName(source.driver ?? '', at.child('driver')),
  ...required(source.volumeHandle, at.child('volumeHandle')),
  ...CSI_SECRETS.flatMap((field) => (source[field] ? secretReference(source[field], at.child(field)) : [])),
];

const validateStorageOs = (
  { volumeName, volumeNamespace, secretRef }: StorageOSPersistentVolumeSource,
  at: Path,
): FieldError[] => [
  ...requiredDnsLabel(volumeName, at.child('volumeName')),
  ...(volumeNamespace ? textErrors(validateDns1123Label, volumeNamespace, at.child('volumeNamespace')) : []),
  ...bothParts(secretRef, at.child('secretRef')),
];

type Check = (spec: PersistentVolumeSpec, at: Path, volume: string) => FieldError[];

const plain =
  (kind: keyof PersistentVolumeSpec & string): Check =>
  (spec, at) =>
    validateRequiredFields(kind, spec[kind] as object, at.child(kind));

/** In the order in which Kubernetes looks for them. */
const SOURCES: readonly (readonly [field: keyof PersistentVolumeSpec & string, check: Check])[] = [
  ['hostPath', ({ hostPath }, at) => validateHostPath(hostPath!, at.child('hostPath'))],
  ['gcePersistentDisk', (spec, at) => validateGcePersistentDisk(spec.gcePersistentDisk!, at.child('persistentDisk'))],
  ['awsElasticBlockStore', (spec, at) => validateAwsBlockStore(spec.awsElasticBlockStore!, at.child('awsElasticBlockStore'))],
  ['glusterfs', ({ glusterfs }, at) => validateGlusterfs(glusterfs!, at.child('glusterfs'))],
  ['flocker', ({ flocker }, at) => validateFlocker(flocker!, at.child('flocker'))],
  ['nfs', ({ nfs }, at) => validateNfs(nfs!, at.child('nfs'))],
  ['rbd', plain('rbd')],
  ['quobyte', ({ quobyte }, at) => validateQuobyte(quobyte!, at.child('quobyte'))],
  ['cephfs', plain('cephfs')],
  ['iscsi', ({ iscsi }, at, volume) => validateIscsiVolume(iscsi!, volume, at)],
  [
    'cinder',
    (spec, at, volume) => [
      ...plain('cinder')(spec, at, volume),
      ...bothParts(spec.cinder!.secretRef, at.child('cinder', 'secretRef')),
    ],
  ],
  ['fc', ({ fc }, at) => validateFibreChannel(fc!, at.child('fc'))],
  ['flexVolume', ({ flexVolume }, at) => validateFlexVolume(flexVolume as FlexVolumeSource, at.child('flexVolume'))],
  [
    'azureFile',
    (spec, at, volume) => [
      ...plain('azureFile')(spec, at, volume),
      ...(spec.azureFile!.secretNamespace === '' ? [fieldError.required(at.child('azureFile', 'secretNamespace'))] : []),
    ],
  ],
  ['vsphereVolume', plain('vsphereVolume')],
  ['photonPersistentDisk', plain('photonPersistentDisk')],
  ['portworxVolume', plain('portworxVolume')],
  ['azureDisk', ({ azureDisk }, at) => validateAzureDisk(azureDisk!, at.child('azureDisk'))],
  ['scaleIO', plain('scaleIO')],
  [
    'local',
    ({ local, nodeAffinity }, at) => [
      ...(local!.path ? noBacksteps(local!.path, at.child('local', 'path')) : [fieldError.required(at.child('local', 'path'))]),
      ...(nodeAffinity?.required ? [] : [fieldError.required(at.child('nodeAffinity'), 'Local volume requires node affinity')]),
    ],
  ],
  ['storageos', ({ storageos }, at) => validateStorageOs(storageos!, at.child('storageos'))],
  ['csi', ({ csi }, at) => validateCsi(csi!, at.child('csi'))],
];

export const SOURCE_FIELDS: readonly (keyof PersistentVolumeSpec & string)[] = SOURCES.map(([field]) => field);

/** Exactly one source of the volume, and that one right. */
export function validateSource(spec: PersistentVolumeSpec, volume: string, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  let found = 0;
  for (const [field, check] of SOURCES) {
    if (spec[field] === undefined) continue;
    found++;
    if (found === 1 || field === 'flexVolume') errors.push(...check(spec, at, volume));
    else
      errors.push(
        fieldError.forbidden(at.child(field === 'cephfs' ? 'cephFS' : field), 'may not specify more than 1 volume type'),
      );
  }
  return found === 0 ? [fieldError.required(at, 'must specify a volume type')] : errors;
}

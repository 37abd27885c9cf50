import { type FieldError, fieldError, type Path, validateDns1123Subdomain } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { inclusiveRange } from '../fields/messages.ts';
import { required, textErrors } from '../fields/names.ts';
import { fileMode, inRange } from '../fields/numbers.ts';
import { noBacksteps, nonReservedPath } from '../fields/paths.ts';
import type {
  AzureDiskVolumeSource,
  ConfigMapVolumeSource,
  CSIVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  HostPathVolumeSource,
  ISCSIVolumeSource,
  KeyToPath,
  NFSVolumeSource,
  SecretVolumeSource,
} from '../types.gen.ts';

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

export const validateHostPath = ({ path, type }: HostPathVolumeSource, at: Path): FieldError[] =>
  path
    ? [...noBacksteps(path, at.child('path')), ...oneOf(type, HOST_PATH_TYPES, at.child('type'))]
    : [fieldError.required(at.child('path'))];

export function validateKeyToPath({ key, path, mode }: KeyToPath, at: Path): FieldError[] {
  const here = at.child('path');
  return [
    ...required(key, at.child('key')),
    ...required(path, here),
    ...nonReservedPath(path ?? '', here),
    ...fileMode(mode, at.child('mode')),
  ];
}

const keys = (items: KeyToPath[] | undefined, at: Path): FieldError[] =>
  (items ?? []).flatMap((item, i) => validateKeyToPath(item, at.child('items').index(i)));

export const validateSecretVolume = (source: SecretVolumeSource, at: Path): FieldError[] => [
  ...required(source.secretName, at.child('secretName')),
  ...fileMode(source.defaultMode, at.child('defaultMode')),
  ...keys(source.items, at),
];

export const validateConfigMapVolume = (source: ConfigMapVolumeSource, at: Path): FieldError[] => [
  ...required(source.name, at.child('name')),
  ...fileMode(source.defaultMode, at.child('defaultMode')),
  ...keys(source.items, at),
];

export const validateNfs = ({ server, path }: NFSVolumeSource, at: Path): FieldError[] => [
  ...required(server, at.child('server')),
  ...required(path, at.child('path')),
  ...(path?.startsWith('/') ? [] : [fieldError.invalid(at.child('path'), path ?? '', 'must be an absolute path')]),
];

const INITIATORS: Record<string, RegExp> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
};

function validateInitiator(name: string, at: Path): FieldError[] {
  const rule = INITIATORS[name.slice(0, 3)];
  if (!rule) return [fieldError.invalid(at, name, 'must be valid format starting with iqn, eui, or naa')];
  return rule.test(name) ? [] : [fieldError.invalid(at, name, 'must be valid format')];
}

export function validateIscsi(source: ISCSIVolumeSource, volume: string, volumeAt: Path): FieldError[] {
  const at = volumeAt.child('iscsi');
  const { targetPortal, iqn, lun, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source;
  const errors = [
    ...required(targetPortal, at.child('targetPortal')),
    ...(iqn ? validateInitiator(iqn, at.child('iqn')) : [fieldError.required(at.child('iqn'))]),
    ...inRange(lun, 0, 255, at.child('lun')),
  ];
  if ((chapAuthDiscovery || chapAuthSession) && !secretRef) errors.push(fieldError.required(at.child('secretRef')));
  if (initiatorName === undefined) return errors;
  errors.push(...validateInitiator(initiatorName, at.child('initiatorname')));
  if (`${volume}:${targetPortal}`.length > 64) {
    const detail =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    errors.push(fieldError.invalid(volumeAt.child('name'), volume, detail));
  }
  return errors;
}

export function validateFibreChannel({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, at: Path): FieldError[] {
  const here = at.child('targetWWNs');
  const errors: FieldError[] = [];
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(fieldError.required(here, 'must specify either targetWWNs or wwids, but not both'));
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(fieldError.invalid(here, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targetWWNs.length > 0) {
    if (lun === undefined) errors.push(fieldError.required(at.child('lun'), 'lun is required if targetWWNs is specified'));
    else if (lun < 0 || lun > 255) errors.push(fieldError.invalid(at.child('lun'), lun, inclusiveRange(0, 255)));
  }
  return errors;
}

export function validateFlexVolume({ driver, options }: FlexVolumeSource, at: Path): FieldError[] {
  const errors = required(driver, at.child('driver'));
  for (const key of Object.keys(options ?? {})) {
    const domain = `.${key.split('/', 1)[0]!.toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.push(fieldError.invalid(at.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
  return errors;
}

const DISK_ID = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export function validateAzureDisk({ diskName, diskURI = '', cachingMode, kind }: AzureDiskVolumeSource, at: Path): FieldError[] {
  const errors = [
    ...required(diskName, at.child('diskName')),
    ...required(diskURI, at.child('diskURI')),
    ...oneOf(cachingMode, ['None', 'ReadOnly', 'ReadWrite'], at.child('cachingMode')),
    ...oneOf(kind, ['Dedicated', 'Managed', 'Shared'], at.child('kind')),
  ];
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/'))
    errors.push(fieldError.notSupported(at.child('diskURI'), diskURI, [DISK_ID]));
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://'))
    errors.push(fieldError.notSupported(at.child('diskURI'), diskURI, [BLOB]));
  return errors;
}

/** ValidateCSIDriverName */
export const validateCsiDriverName = (driver: string, at: Path): FieldError[] => [
  ...required(driver, at),
  ...(driver.length > 63 ? [fieldError.tooLong(at, '', 63)] : []),
  ...validateDns1123Subdomain(driver.toLowerCase()).map((text) => fieldError.invalid(at, driver, text)),
];

export function validateCsi({ driver, nodePublishSecretRef }: CSIVolumeSource, at: Path): FieldError[] {
  const errors = validateCsiDriverName(driver ?? '', at.child('driver'));
  if (!nodePublishSecretRef) return errors;
  const { name } = nodePublishSecretRef;
  if (!name) errors.push(fieldError.required(at.child('nodePublishSecretRef', 'name')));
  else errors.push(...textErrors(validateDns1123Subdomain, name, at.child('name')));
  return errors;
}

/** The sources of which only the presence of fields is checked, by their name in a volume. */
const REQUIRED_FIELDS: Record<string, readonly string[]> = {
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  glusterfs: ['endpoints', 'path'],
  persistentVolumeClaim: ['claimName'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
};

export const validateRequiredFields = (kind: string, source: object, at: Path): FieldError[] =>
  (REQUIRED_FIELDS[kind] ?? []).flatMap((field) => required((source as Record<string, unknown>)[field], at.child(field)));

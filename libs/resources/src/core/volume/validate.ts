import { equalJson, type FieldError, fieldError, path, Quantity, validateDns1123Subdomain } from '@windlass/meta';
import { oneOf } from '../../fields/enums.ts';
import { immutable } from '../../fields/immutable.ts';
import { textErrors } from '../../fields/names.ts';
import { validateNodeSelector } from '../../fields/node-selector.ts';
import { positiveQuantity } from '../../fields/quantities.ts';
import { goStruct } from '../../internal/go-struct.ts';
import { objectDiff } from '../../internal/object-diff.ts';
import { VOLUME_MODES, validateAccessModes } from '../../storage/claim-spec.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../../types.gen.ts';
import { SOURCE_FIELDS, validateSource } from './sources.ts';

const SPEC = path('spec');
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

function validateCapacity({ capacity = {} }: PersistentVolumeSpec): FieldError[] {
  const at = SPEC.child('capacity');
  const names = Object.keys(capacity);
  return [
    ...(names.length === 0 ? [fieldError.required(at)] : []),
    ...(names.length === 1 && names[0] === 'storage'
      ? []
      : [fieldError.notSupported(at, names.length === 0 ? null : capacity, ['storage'])]),
    ...names.flatMap((name) => {
      const amount = Quantity.parse(capacity[name]!);
      const here = at.key(name);
      return [
        ...(amount.sign < 0 ? [fieldError.invalid(here, amount.value(), 'must be a valid resource quantity')] : []),
        ...positiveQuantity(capacity[name], here),
      ];
    }),
  ];
}

function validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec): FieldError[] {
  if (!nodeAffinity) return [];
  const at = SPEC.child('nodeAffinity', 'required');
  return nodeAffinity.required
    ? validateNodeSelector(nodeAffinity.required, at)
    : [fieldError.required(at, 'must specify required node constraints')];
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec): FieldError[] {
  if (name === undefined) return [];
  const at = SPEC.child('volumeAttributesClassName');
  return [
    ...(name === ''
      ? [fieldError.required(at, 'an empty string is disallowed')]
      : textErrors(validateDns1123Subdomain, name, at)),
    ...(csi ? [] : [fieldError.required(SPEC.child('csi'), 'has to be specified when using volumeAttributesClassName')]),
  ];
}

const isRoot = (directory: string): boolean => /^\/(\.?\/)*\.?$/.test(directory);

/** ValidatePersistentVolume */
export function validateVolume({ metadata, spec }: PersistentVolume): FieldError[] {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, hostPath, storageClassName, volumeMode } = spec;
  const reclaim = SPEC.child('persistentVolumeReclaimPolicy');
  return [
    ...(accessModes.length === 0 ? [fieldError.required(SPEC.child('accessModes'))] : []),
    ...validateAccessModes(accessModes, SPEC.child('accessModes')),
    ...validateCapacity(spec),
    ...(policy ? oneOf(policy, RECLAIM_POLICIES, reclaim) : []),
    ...validateNodeAffinity(spec),
    ...validateSource(spec, metadata.name ?? '', SPEC),
    ...(hostPath && isRoot(hostPath.path) && policy === 'Recycle'
      ? [fieldError.forbidden(reclaim, "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...(storageClassName ? textErrors(validateDns1123Subdomain, storageClassName, SPEC.child('storageClassName')) : []),
    ...oneOf(volumeMode, VOLUME_MODES, SPEC.child('volumeMode')),
    ...validateAttributesClass(spec),
  ];
}

/** The part of the spec that says where the data is. */
function sourceOf(spec: PersistentVolumeSpec): Record<string, unknown> {
  return Object.fromEntries(SOURCE_FIELDS.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]));
}

function validateSameSource({ spec }: PersistentVolume, { spec: old }: PersistentVolume): FieldError[] {
  const now = structuredClone(sourceOf(spec)) as PersistentVolumeSpec;
  const was = sourceOf(old);
  // A secret for expansion may come later.
  if (old.csi && !old.csi.controllerExpandSecretRef && now.csi) delete now.csi.controllerExpandSecretRef;
  if (equalJson(now, was)) return [];
  const diff = objectDiff(goStruct('PersistentVolumeSource', was), goStruct('PersistentVolumeSource', now));
  const detail = `spec.persistentvolumesource is immutable after creation\n${diff}`;
  return [fieldError.forbidden(path('spec', 'persistentvolumesource'), detail)];
}

/** ValidatePersistentVolumeUpdate */
export function validateVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const { nodeAffinity, volumeMode, volumeAttributesClassName } = volume.spec;
  return [
    ...validateVolume(volume),
    ...validateSameSource(volume, old),
    ...immutable(volumeMode, old.spec.volumeMode, path('volumeMode')),
    ...(old.spec.nodeAffinity
      ? immutable(
          nodeAffinity,
          old.spec.nodeAffinity,
          path('nodeAffinity'),
          nodeAffinity ? goStruct('VolumeNodeAffinity', nodeAffinity) : null,
        )
      : []),
    ...(old.spec.volumeAttributesClassName !== undefined && volumeAttributesClassName === undefined
      ? [fieldError.forbidden(SPEC.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden')]
      : []),
  ];
}

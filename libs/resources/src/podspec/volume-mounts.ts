import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { required } from '../fields/names.ts';
import { descendingPath } from '../fields/paths.ts';
import type { Container, EphemeralContainer, VolumeDevice, VolumeMount } from '../types.gen.ts';
import type { VolumesByName } from './volumes.ts';

type AnyContainer = Container | EphemeralContainer;

function validatePropagation(mode: string, container: AnyContainer, at: Path): FieldError[] {
  const errors = oneOf(mode, ['Bidirectional', 'HostToContainer', 'None'], at);
  if (mode === 'Bidirectional' && !container.securityContext?.privileged)
    errors.push(fieldError.forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'));
  return errors;
}

function validateRecursiveReadOnly({ recursiveReadOnly, readOnly, mountPropagation }: VolumeMount, at: Path): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible')
    return [fieldError.notSupported(at, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])];
  return [
    ...(readOnly ? [] : [fieldError.forbidden(at, 'may only be specified when readOnly is true')]),
    ...(mountPropagation !== undefined && mountPropagation !== 'None'
      ? [fieldError.forbidden(at, 'may only be specified when mountPropagation is None or not specified')]
      : []),
  ];
}

/** ValidateVolumeMounts. Some errors name the list instead of the item, as Kubernetes' do. */
export function validateVolumeMounts(container: AnyContainer, volumes: VolumesByName, at: Path): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  volumeMounts.forEach((mount, i) => {
    const here = at.index(i);
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount;
    const volume = volumes.get(name);
    errors.push(...required(name, here.child('name')));
    if (!volume) errors.push(fieldError.notFound(here.child('name'), name));
    errors.push(...required(mountPath, here.child('mountPath')));
    if (paths.has(mountPath)) errors.push(fieldError.invalid(here.child('mountPath'), mountPath, 'must be unique'));
    paths.add(mountPath);
    if (volumeDevices.some((device) => device.name === name))
      errors.push(fieldError.invalid(here.child('name'), name, 'must not already exist in volumeDevices'));
    if (volumeDevices.some(({ devicePath }) => devicePath === mountPath))
      errors.push(fieldError.invalid(here.child('mountPath'), mountPath, 'must not already exist as a path in volumeDevices'));
    if (subPath) errors.push(...descendingPath(subPath, at.child('subPath')));
    if (subPathExpr) {
      if (subPath)
        errors.push(fieldError.invalid(here.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      errors.push(...descendingPath(subPathExpr, at.child('subPathExpr')));
    }
    if (mountPropagation !== undefined)
      errors.push(...validatePropagation(mountPropagation, container, at.child('mountPropagation')));
    errors.push(...validateRecursiveReadOnly(mount, at.child('recursiveReadOnly')));
  });
  return errors;
}

function validateDevice({ name, devicePath }: VolumeDevice, volumes: VolumesByName, at: Path): FieldError[] {
  const volume = volumes.get(name);
  const errors = required(name, at.child('name'));
  if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
    const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
    errors.push(fieldError.invalid(at.child('name'), name, detail));
  }
  if (!volume) errors.push(fieldError.notFound(at.child('name'), name));
  return [...errors, ...required(devicePath, at.child('devicePath'))];
}

/** ValidateVolumeDevices */
export function validateVolumeDevices(container: AnyContainer, volumes: VolumesByName, at: Path): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const paths = new Set<string>();
  volumeDevices.forEach((device, i) => {
    const here = at.index(i);
    const { name, devicePath } = device;
    if (name && names.has(name)) errors.push(fieldError.invalid(here.child('name'), name, 'must be unique'));
    errors.push(...validateDevice(device, volumes, here));
    if (paths.has(devicePath)) errors.push(fieldError.invalid(here.child('devicePath'), devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..'))
      errors.push(fieldError.invalid(here.child('devicePath'), devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (volumeMounts.some((mount) => mount.name === name))
      errors.push(fieldError.invalid(here.child('name'), name, 'must not already exist in volumeMounts'));
    if (volumeMounts.some(({ mountPath }) => mountPath === devicePath))
      errors.push(fieldError.invalid(here.child('devicePath'), devicePath, 'must not already exist as a path in volumeMounts'));
    names.add(name);
  });
  return errors;
}

import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { PodSpec } from '../types.gen.ts';
import { containersWithPath } from './visit.ts';

const NOT_ON_WINDOWS = 'cannot be set for a windows pod';
const NOT_ON_LINUX = 'windows options cannot be set for a linux pod';

/** In Kubernetes' order; fields without a prefix stand in the spec itself. */
const WINDOWS_POD_FIELDS: readonly string[] = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
];
const WINDOWS_CONTAINER_FIELDS: readonly string[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

const at = (spec: PodSpec, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], spec);

function validateWindows(spec: PodSpec, specAt: Path): FieldError[] {
  const errors = WINDOWS_POD_FIELDS.filter((path) => at(spec, path) !== undefined).map((path) =>
    fieldError.forbidden(specAt.child(...path.split('.')), NOT_ON_WINDOWS),
  );
  for (const { container, at: here } of containersWithPath(spec, specAt)) {
    const context = container.securityContext as Record<string, unknown> | undefined;
    for (const field of context ? WINDOWS_CONTAINER_FIELDS : [])
      if (context![field] !== undefined) errors.push(fieldError.forbidden(here.child('securityContext', field), NOT_ON_WINDOWS));
  }
  return errors;
}

function validateLinux(spec: PodSpec, specAt: Path): FieldError[] {
  const errors: FieldError[] = [];
  const field = ['securityContext', 'windowsOptions'] as const;
  if (spec.securityContext?.windowsOptions) errors.push(fieldError.forbidden(specAt.child(...field), NOT_ON_LINUX));
  for (const { container, at: here } of containersWithPath(spec, specAt))
    if (container.securityContext?.windowsOptions) errors.push(fieldError.forbidden(here.child(...field), NOT_ON_LINUX));
  return errors;
}

/** Fields that the operating system which a pod names does not have. */
export function validateOs(spec: PodSpec, specAt: Path): FieldError[] {
  const { os } = spec;
  if (!os) return [];
  const here = specAt.child('os');
  if (!os.name) return [fieldError.required(here.child('name'), 'cannot be empty')];
  if (os.name === 'linux') return validateLinux(spec, specAt);
  if (os.name === 'windows') return validateWindows(spec, specAt);
  return [fieldError.notSupported(here, os.name, ['linux', 'windows'])];
}

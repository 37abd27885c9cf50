import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { userOrGroupId } from '../fields/numbers.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { PodSpec, SecurityContext, Sysctl } from '../types.gen.ts';
import { validateAppArmorProfile, validateSeccompProfile } from './profiles.ts';
import { validateWindowsOptions } from './windows-options.ts';

const SYSCTL = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_REGEX = new RegExp(`^(?:${SYSCTL})$`);
const MAX_SYSCTL = 253;

/** Sysctls of the kernel's namespaces that a pod shares with the host when it uses the host's (component-helpers sysctl). */
const IPC_SYSCTL = /^(kernel\.(shm|msg)|kernel\.sem|fs\.mqueue\.)/;
const NET_SYSCTL = /^net\./;

/** `a/b.c` and `a.b/c` are the same name: the first separator decides. */
const normalized = (name: string): string => {
  const first = /[./]/.exec(name);
  return first?.[0] === '/' ? name.replace(/[./]/g, (c) => (c === '/' ? '.' : '/')) : name;
};

function validateSysctls(sysctls: readonly Sysctl[], spec: PodSpec, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  sysctls.forEach(({ name }, i) => {
    const here = at.index(i).child('name');
    if (!name) errors.push(fieldError.required(here));
    else if (name.length > MAX_SYSCTL || !SYSCTL_REGEX.test(name))
      errors.push(fieldError.invalid(here, name, `must have at most ${MAX_SYSCTL} characters and match regex ^${SYSCTL}$`));
    else if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    if (spec.hostNetwork && NET_SYSCTL.test(normalized(name)))
      errors.push(fieldError.invalid(here, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && IPC_SYSCTL.test(normalized(name)))
      errors.push(fieldError.invalid(here, name, "may not be specified when 'hostIPC' is true"));
    seen.add(name);
  });
  return errors;
}

/** validatePodSpecSecurityContext */
export function validatePodSecurityContext(spec: PodSpec, at: Path): FieldError[] {
  const context = spec.securityContext;
  if (!context) return [];
  const { shareProcessNamespace: shared } = spec;
  return [
    ...userOrGroupId(context.fsGroup, at.child('fsGroup')),
    ...userOrGroupId(context.runAsUser, at.child('runAsUser')),
    ...userOrGroupId(context.runAsGroup, at.child('runAsGroup')),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => userOrGroupId(id, at.child('supplementalGroups').index(i))),
    ...(shared && spec.hostPID
      ? [
          fieldError.invalid(
            at.child('shareProcessNamespace'),
            shared,
            'ShareProcessNamespace and HostPID cannot both be enabled',
          ),
        ]
      : []),
    ...(context.sysctls ? validateSysctls(context.sysctls, spec, at.child('sysctls')) : []),
    ...oneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], at.child('fsGroupChangePolicy')),
    ...validateSeccompProfile(context.seccompProfile, at.child('seccompProfile')),
    ...validateWindowsOptions(context.windowsOptions, at.child('windowsOptions')),
    ...validateAppArmorProfile(context.appArmorProfile, at.child('appArmorProfile')),
    ...oneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], at.child('supplementalGroupsPolicy')),
    ...oneOf(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], at.child('seLinuxChangePolicy')),
  ];
}

/** ValidateSecurityContext of one container. `hostUsers`: the pod shares the host's user namespace. */
export function validateSecurityContext(context: SecurityContext | undefined, at: Path, hostUsers: boolean): FieldError[] {
  if (!context) return [];
  const errors = [
    ...userOrGroupId(context.runAsUser, at.child('runAsUser')),
    ...userOrGroupId(context.runAsGroup, at.child('runAsGroup')),
    ...oneOf(context.procMount, ['Default', 'Unmasked'], at.child('procMount')),
  ];
  if (hostUsers && context.procMount === 'Unmasked')
    errors.push(fieldError.invalid(at.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  errors.push(...validateSeccompProfile(context.seccompProfile, at.child('seccompProfile')));
  if (context.allowPrivilegeEscalation === false) {
    const refuse = (detail: string) => errors.push(fieldError.invalid(at, goStruct('SecurityContext', context), detail));
    if (context.privileged) refuse('cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    for (const capability of context.capabilities?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN')
        refuse('cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
  }
  errors.push(...validateWindowsOptions(context.windowsOptions, at.child('windowsOptions')));
  errors.push(...validateAppArmorProfile(context.appArmorProfile, at.child('appArmorProfile')));
  return errors;
}

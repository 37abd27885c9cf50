import { capabilitiesBaseline, capabilitiesRestricted } from './checks/capabilities.ts';
import type { Check, CheckedPod, CheckFunction, Violation } from './checks/check.ts';
import { hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle, windowsHostProcess } from './checks/host.ts';
import { seLinuxOptions, sysctls } from './checks/kernel.ts';
import {
  allowPrivilegeEscalation,
  privileged,
  procMount,
  procMountRestricted,
  runAsNonRoot,
  runAsUser,
} from './checks/privileges.ts';
import { appArmorProfile, seccompProfileBaseline, seccompProfileRestricted } from './checks/profiles.ts';
import { restrictedVolumes } from './checks/volumes.ts';
import type { LevelVersion } from './levels.ts';

const byId = (checks: Check[]): readonly Check[] => checks.sort((a, b) => (a.id < b.id ? -1 : 1));

const BASELINE = byId([
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  seLinuxOptions,
  seccompProfileBaseline,
  sysctls,
  windowsHostProcess,
]);
const RESTRICTED = byId([
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfileRestricted,
]);

const atVersion = ({ versions }: Check, minor: number): CheckFunction | undefined =>
  versions.findLast(({ since }) => since <= minor)?.check;

/** What the standard of a level and version finds wrong with a pod: baseline rules first, then restricted ones. */
export function evaluate({ level, version }: LevelVersion, pod: CheckedPod): Violation[] {
  if (level === 'privileged') return [];
  const minor = version === 'latest' ? Number.POSITIVE_INFINITY : version;
  const stricter = level === 'restricted' ? RESTRICTED.filter((check) => atVersion(check, minor)) : [];
  const overridden = new Set(stricter.flatMap(({ overrides = [] }) => overrides));
  return [...BASELINE.filter(({ id }) => !overridden.has(id)), ...stricter].flatMap(
    (check) => atVersion(check, minor)?.(pod) ?? [],
  );
}

export const reasonsText = (violations: readonly Violation[]): string => violations.map(({ reason }) => reason).join(', ');

export const detailsText = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');

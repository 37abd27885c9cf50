import { formatTime, type HookContext, type LabelSelector, path } from '@windlass/meta';
import type { AppArmorProfile, Pod, PodAffinityTerm } from '../types.gen.ts';
import { APPARMOR_PREFIX } from './annotations.ts';
import { podQosClass } from './pod-resources.ts';
import { containersWithPath } from './visit.ts';

type Labels = Record<string, string> | undefined;

/** The keys' values in the pod's labels become part of the selector, once. */
function addKeys(selector: LabelSelector, keys: readonly string[] | undefined, labels: Labels, operator: string): void {
  for (const key of keys ?? []) {
    const value = labels?.[key];
    if (value === undefined) continue;
    selector.matchExpressions ??= [];
    selector.matchExpressions.push({ key, operator, values: [value] });
  }
}

function mutateTerm({ labelSelector, matchLabelKeys, mismatchLabelKeys }: PodAffinityTerm, labels: Labels): void {
  if (!labelSelector) return;
  addKeys(labelSelector, matchLabelKeys, labels, 'In');
  addKeys(labelSelector, mismatchLabelKeys, labels, 'NotIn');
}

/** matchLabelKeys of affinities and spread constraints (KEP-3633, KEP-3243). */
function applyLabelKeys({ spec, metadata: { labels } }: Pod): void {
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) mutateTerm(term, labels);
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      mutateTerm(podAffinityTerm, labels);
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? [])
    if (labelSelector) addKeys(labelSelector, matchLabelKeys, labels, 'In');
}

const LOCALHOST = 'localhost/';

function profileOfText(text: string): AppArmorProfile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text.startsWith(LOCALHOST) && text.length > LOCALHOST.length)
    return { type: 'Localhost', localhostProfile: text.slice(LOCALHOST.length) };
  return undefined;
}

function textOfProfile(profile: AppArmorProfile | undefined): string | undefined {
  if (profile?.type === 'Unconfined') return 'unconfined';
  if (profile?.type === 'RuntimeDefault') return 'runtime/default';
  return profile?.type === 'Localhost' && profile.localhostProfile ? LOCALHOST + profile.localhostProfile : undefined;
}

const sameProfile = (a: AppArmorProfile, b: AppArmorProfile | undefined): boolean =>
  a.type === b?.type && a.localhostProfile === b.localhostProfile;

/** The older annotation and the newer field stand for each other (applyAppArmorVersionSkew). */
function syncAppArmor({ metadata, spec }: Pod, context: HookContext): void {
  if (spec.os?.name === 'windows') return;
  const ofPod = spec.securityContext?.appArmorProfile;
  for (const { container } of containersWithPath(spec, path('spec'))) {
    const key = APPARMOR_PREFIX + container.name;
    const text = metadata.annotations?.[key];
    const own = container.securityContext?.appArmorProfile;
    if (text === undefined) {
      const made = textOfProfile(own ?? ofPod);
      if (made !== undefined) metadata.annotations = { ...metadata.annotations, [key]: made };
      continue;
    }
    if (own) continue;
    const profile = profileOfText(text);
    if (profile && sameProfile(profile, ofPod)) continue;
    if (profile) container.securityContext = { ...container.securityContext, appArmorProfile: profile };
    context.warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
  }
}

const GATED = 'Scheduling is blocked due to non-empty scheduling gates';

const gatedCondition = (now: Date) => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null as unknown as string,
  lastTransitionTime: formatTime(now),
  reason: 'SchedulingGated',
  message: GATED,
});

/** podStrategy.PrepareForCreate */
export function preparePod(pod: Pod, context: HookContext): void {
  pod.status = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
  if (pod.spec.schedulingGates?.length) pod.status.conditions = [gatedCondition(context.now)];
  applyLabelKeys(pod);
  syncAppArmor(pod, context);
}

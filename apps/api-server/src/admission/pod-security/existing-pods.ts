import { controllerOf } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { evaluate, reasonsText } from './evaluate.ts';
import { type LevelVersion, levelText } from './levels.ts';

const MAX_PODS = 3000;

/** One pod of each controller first, so that a cut leaves out what is likely the same. */
function prioritized(pods: readonly Pod[]): Pod[] {
  const seen = new Set<string>();
  const repeated: Pod[] = [];
  const first = pods.filter((pod) => {
    const uid = controllerOf(pod.metadata)?.uid;
    if (uid === undefined || !seen.has(uid)) {
      if (uid !== undefined) seen.add(uid);
      return true;
    }
    repeated.push(pod);
    return false;
  });
  return [...first, ...repeated];
}

const others = (count: number): string => (count === 1 ? '1 other pod' : `${count} other pods`);

/** Warnings about the pods of a namespace that a new level would not allow. */
export function existingPodWarnings(namespace: string, pods: readonly Pod[], enforce: LevelVersion): string[] {
  const found = new Map<string, string[]>();
  for (const pod of prioritized(pods).slice(0, MAX_PODS)) {
    const reasons = reasonsText(evaluate(enforce, pod));
    if (reasons) found.set(reasons, [...(found.get(reasons) ?? []), pod.metadata.name ?? '']);
  }
  const lines = [...found].map(([reasons, names]) => {
    const [first = '', ...more] = names.sort();
    return `${first}${more.length > 0 ? ` (and ${others(more.length)})` : ''}: ${reasons}`;
  });
  return [
    ...(pods.length > MAX_PODS
      ? [`new PodSecurity enforce level only checked against the first ${MAX_PODS} of ${pods.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(enforce)}"`]
      : []),
    ...lines.sort(),
  ];
}

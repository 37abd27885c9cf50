import { isDeepStrictEqual } from 'node:util';
import type { Pod, PodStatus } from '@windlass/resources';
import { PASSING_CONDITIONS } from '../pod/merged-pod.ts';

/** JSON form: no undefined values. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const FIELDS: readonly (keyof PodStatus)[] = [
  'phase',
  'reason',
  'message',
  'observedGeneration',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
  'qosClass',
];

/**
 * Strategic merge patch of the status subresource that turns `old` into `next`, leaving others' conditions alone; undefined when nothing
 * differs. The uid makes it fail for another pod of the same name.
 */
export function statusPatch(pod: Pod, old: PodStatus, next: PodStatus): object | undefined {
  const was = plain(old);
  const wanted = plain(next);
  const status: Record<string, unknown> = {};
  for (const field of FIELDS) if (!isDeepStrictEqual(was[field], wanted[field])) status[field] = wanted[field] ?? null;
  const conditions = (wanted.conditions ?? []).filter(
    (condition) => !isDeepStrictEqual(withoutNulls(was.conditions?.find(({ type }) => type === condition.type)), condition),
  );
  const passed = (was.conditions ?? []).filter(
    ({ type }) => PASSING_CONDITIONS.has(type) && !wanted.conditions?.some((each) => each.type === type),
  );
  if (conditions.length + passed.length > 0)
    status.conditions = [
      ...passed.map(({ type }) => ({ $patch: 'delete', type })),
      ...conditions.map((condition) => {
        const before = was.conditions?.find(({ type }) => type === condition.type);
        const removed = (['reason', 'message'] as const).filter((key) => before?.[key] && !condition[key]);
        return { ...condition, ...Object.fromEntries(removed.map((key) => [key, null])) };
      }),
    ];
  for (const field of ['podIPs', 'hostIPs'] as const) {
    const before = was[field] ?? [];
    const after = wanted[field] ?? [];
    if (isDeepStrictEqual(before, after)) continue;
    const gone = before.filter(({ ip }) => !after.some((each) => each.ip === ip)).map(({ ip }) => ({ $patch: 'delete', ip }));
    status[field] = [...gone, ...after];
  }
  return Object.keys(status).length > 0 ? { metadata: { uid: pod.metadata.uid }, status } : undefined;
}

const withoutNulls = (object: object | undefined): object | undefined =>
  object && Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

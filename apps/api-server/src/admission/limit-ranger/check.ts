import { Quantity } from '@windlass/meta';
import {
  amountsOf,
  type Container,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type PodSpec,
  podAmounts,
  type ResourceList,
} from '@windlass/resources';
import { type Asked, type Constraint, maximum, maximumRatio, maximumRequest, minimum } from './constraints.ts';

function* broken(type: string, bounds: ResourceList | undefined, asked: Asked, constraint: Constraint): Generator<string> {
  for (const [resource, bound] of Object.entries(bounds ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const problem = constraint(type, resource, Quantity.parse(bound), asked);
    if (problem) yield problem;
  }
}

function* ofCompute({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, asked: Asked): Generator<string> {
  yield* broken(type, min, asked, minimum);
  yield* broken(type, max, asked, maximum);
  yield* broken(type, maxLimitRequestRatio, asked, maximumRatio);
}

const askedBy = ({ resources }: Container): Asked => ({
  requests: amountsOf(resources?.requests),
  limits: amountsOf(resources?.limits),
});

function* podProblems(item: LimitRangeItem, spec: PodSpec): Generator<string> {
  if (item.type === 'Container')
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) yield* ofCompute(item, askedBy(container));
  if (item.type === 'Pod') yield* ofCompute(item, { requests: podAmounts(spec, 'requests'), limits: podAmounts(spec, 'limits') });
}

function* claimProblems({ type, min, max }: LimitRangeItem, claim: PersistentVolumeClaim): Generator<string> {
  if (type !== 'PersistentVolumeClaim') return;
  const asked = { requests: amountsOf(claim.spec?.resources?.requests), limits: new Map() };
  yield* broken(type, min, asked, minimum);
  yield* broken(type, max, asked, maximumRequest);
}

const itemsOf = ({ spec }: LimitRange): LimitRangeItem[] => spec?.limits ?? [];

/** What a limit range forbids in a pod. */
export const checkPod = (range: LimitRange, spec: PodSpec): string[] =>
  itemsOf(range).flatMap((item) => [...podProblems(item, spec)]);

/** What a limit range forbids in a volume claim. */
export const checkClaim = (range: LimitRange, claim: PersistentVolumeClaim): string[] =>
  itemsOf(range).flatMap((item) => [...claimProblems(item, claim)]);

import type { ObjectMeta } from '@windlass/meta';
import type { Container, EphemeralContainer, PodSpec } from '@windlass/resources';
import { allContainers } from '@windlass/resources';

export interface CheckedPod {
  metadata: ObjectMeta;
  spec: PodSpec;
}

/** Why a pod is not allowed: in short, and what exactly. */
export interface Violation {
  reason: string;
  detail: string;
}

export type CheckFunction = (pod: CheckedPod) => Violation | undefined;

/** A rule of the Pod Security Standards with what it was in which version; the first of `versions` starts it. */
export interface Check {
  /** Orders the answers, as Kubernetes' ids do. */
  id: string;
  versions: readonly { since: number; check: CheckFunction }[];
  /** Checks of the baseline that this one, being stricter, takes the place of. */
  overrides?: readonly string[];
}

type AnyContainer = Container | EphemeralContainer;

/** Names of the containers for which `isBad` holds, in the order init, normal, ephemeral. */
export const containersWith = ({ spec }: CheckedPod, isBad: (container: AnyContainer) => unknown): string[] =>
  allContainers(spec)
    .filter(isBad)
    .map(({ name }) => name);

export const quoted = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');

export const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

export const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

/** `container "a"`, `containers "a", "b"` */
export const containersText = (names: readonly string[]): string => `${plural('container', names.length)} ${quoted(names)}`;

/** `pod and containers "a", "b"`: who sets something. */
export const settersText = (isPod: boolean, containers: readonly string[]): string =>
  [...(isPod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(' and ');

/** Pods in a user namespace of their own may do more. */
export const hasOwnUsers = ({ spec }: CheckedPod): boolean => spec.hostUsers === false;

export const isWindows = ({ spec }: CheckedPod): boolean => spec.os?.name === 'windows';

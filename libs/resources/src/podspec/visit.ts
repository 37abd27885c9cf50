import type { Path } from '@windlass/meta';
import type { Container, EphemeralContainer, PodSpec } from '../types.gen.ts';

export interface Visited {
  container: Container | EphemeralContainer;
  at: Path;
}

/** All containers in the order of podutil.VisitContainersWithPath: init, regular, ephemeral. `at` is the spec's path. */
export function* containersWithPath(spec: PodSpec, at: Path): Generator<Visited> {
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    const list = spec[field];
    if (!list) continue;
    const here = at.child(field);
    for (let i = 0; i < list.length; i++) yield { container: list[i]!, at: here.index(i) };
  }
}

/** Init containers, containers, ephemeral containers: Kubernetes' order of visiting. */
export const allContainers = ({
  initContainers = [],
  containers = [],
  ephemeralContainers = [],
}: PodSpec): (Container | EphemeralContainer)[] => [...initContainers, ...containers, ...ephemeralContainers];

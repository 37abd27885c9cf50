import type { Container, LimitRange, Pod } from '@windlass/resources';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Defaults = Record<'requests' | 'limits', Record<string, string>>;

function defaultsOf({ spec }: LimitRange): Defaults {
  const containers = (spec?.limits ?? []).filter(({ type }) => type === 'Container');
  return {
    requests: Object.assign({}, ...containers.map(({ defaultRequest }) => defaultRequest)),
    limits: Object.assign({}, ...containers.map((item) => item.default)),
  };
}

/** Fills what a container does not say. @returns what was set, in words */
function fill(container: Container, defaults: Defaults, what: string): string[] {
  const notes: string[] = [];
  for (const [side, word] of [
    ['requests', 'request'],
    ['limits', 'limit'],
  ] as const) {
    const stated = container.resources?.[side] ?? {};
    const missing = Object.keys(defaults[side]).filter((name) => stated[name] === undefined);
    if (missing.length === 0) continue;
    const added = Object.fromEntries(missing.map((name) => [name, defaults[side][name]!]));
    container.resources = { ...container.resources, [side]: { ...stated, ...added } };
    notes.push(`${missing.sort().join(', ')} ${word} for ${what} ${container.name}`);
  }
  return notes;
}

/** Sets the requests and limits that a limit range gives to containers without their own, and says so in an annotation. */
export function setDefaults(range: LimitRange, pod: Pod): void {
  const defaults = defaultsOf(range);
  const notes = [
    ...(pod.spec?.containers ?? []).flatMap((container) => fill(container, defaults, 'container')),
    ...(pod.spec?.initContainers ?? []).flatMap((container) => fill(container, defaults, 'init container')),
  ];
  if (notes.length === 0) return;
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

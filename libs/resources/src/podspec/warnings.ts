import { goQuote, type ObjectMeta, type Path, Quantity } from '@windlass/meta';
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from '../fields/node-label-warnings.ts';
import { goStruct } from '../internal/go-struct.ts';
import type {
  Container,
  ContainerPort,
  EphemeralContainer,
  PodAffinity,
  PodAntiAffinity,
  PodSpec,
  Volume,
} from '../types.gen.ts';
import { SECCOMP_CONTAINER_PREFIX, SECCOMP_POD } from './annotations.ts';
import { containersWithPath } from './visit.ts';
import { overlappingPathWarnings } from './volume-overlaps.ts';

const SYSCTLS = 'non-functional in v1.11+; use the "sysctls" field instead';
const SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead';

const DEPRECATED_ANNOTATIONS: readonly { key: string; prefix?: string; text: string }[] = [
  {
    key: 'scheduler.alpha.kubernetes.io/critical-pod',
    text: 'non-functional in v1.16+; use the "priorityClassName" field instead',
  },
  { key: SECCOMP_POD, prefix: SECCOMP_CONTAINER_PREFIX, text: SECCOMP },
  { key: 'security.alpha.kubernetes.io/sysctls', text: SYSCTLS },
  { key: 'security.alpha.kubernetes.io/unsafe-sysctls', text: SYSCTLS },
];

const DEPRECATED_VOLUMES: readonly [keyof Volume, string, string?][] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function schedulingWarnings(spec: PodSpec, at: Path): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const text = deprecatedNodeLabel(key);
    if (text) warnings.push(`${at.child('nodeSelector').key(key)}: ${text}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  const here = at.child('affinity', 'nodeAffinity');
  const required = here.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.forEach(
    (term, i) => void warnings.push(...nodeSelectorTermWarnings(term, false, required.index(i))),
  );
  const preferred = here.child('preferredDuringSchedulingIgnoredDuringExecution');
  affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(
    ({ preference }, i) =>
      void warnings.push(...nodeSelectorTermWarnings(preference, true, preferred.index(i).child('preference'))),
  );
  spec.topologySpreadConstraints?.forEach(({ topologyKey }, i) => {
    const text = deprecatedNodeLabel(topologyKey);
    if (text) warnings.push(`${at.child('topologySpreadConstraints').index(i).child('topologyKey')}: ${text}`);
  });
  return warnings;
}

function annotationWarnings(annotations: Record<string, string> | undefined, at: Path): string[] {
  if (!annotations) return [];
  const keys = Object.keys(annotations);
  return DEPRECATED_ANNOTATIONS.flatMap(({ key, prefix, text }) => {
    const found = [annotations[key] === undefined ? undefined : key, prefix && keys.find((k) => k.startsWith(prefix))];
    return found.flatMap((one) => (one ? [`${at.key(one)}: ${text}`] : []));
  });
}

const volumeWarnings = (volumes: readonly Volume[], at: Path): string[] =>
  volumes.flatMap((volume, i) =>
    DEPRECATED_VOLUMES.flatMap(([source, text, name = source]) =>
      volume[source] === undefined ? [] : [`${at.index(i).child(name)}: ${text}`],
    ),
  );

function repeated(values: readonly string[], what: string, at: (i: number) => Path): string[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    if (seen.has(value)) return [`${at(i)}: duplicate ${what} ${goQuote(value)}`];
    seen.add(value);
    return [];
  });
}

const isFractional = (text: string | undefined): text is string => text !== undefined && !Quantity.parse(text).isWhole();

function fractionalBytes(list: Record<string, string> | undefined, resource: string, at: Path): string[] {
  const text = list?.[resource];
  return isFractional(text) ? [`${at.key(resource)}: fractional byte value ${goQuote(text)} is invalid, must be an integer`] : [];
}

function containerWarnings(container: Container | EphemeralContainer, at: Path): string[] {
  const warnings: string[] = [];
  for (const resource of ['memory', 'ephemeral-storage'])
    for (const kind of ['limits', 'requests'] as const)
      warnings.push(...fractionalBytes(container.resources?.[kind], resource, at.child('resources', kind)));
  const seen = new Set<string>();
  container.env?.forEach(({ name, value = '', valueFrom }, i) => {
    const reference = `$(${name})`;
    if (seen.has(name) && (valueFrom || value === reference || !value.includes(reference))) {
      const text = `hides previous definition of ${goQuote(name)}, which may be dropped when using apply`;
      warnings.push(`${at.child('env').index(i)}: ${text}`);
    }
    seen.add(name);
  });
  return warnings;
}

interface PortBlock {
  port: ContainerPort;
  at: Path;
}

function overlap(a: ContainerPort, b: ContainerPort): string | undefined {
  const [aIp, bIp] = [a.hostIP ?? '', b.hostIP ?? ''];
  const [aPort, bPort] = [a.hostPort ?? 0, b.hostPort ?? 0];
  if (aIp === bIp && aPort === bPort) return 'duplicate';
  if (aPort === 0 || bPort === 0) return 'overlapping';
  if (aPort === bPort && (aIp === '') !== (bIp === '')) return 'dangerously ambiguous';
  return undefined;
}

/** Ports that stand more than once, also in different containers. */
function portWarnings(spec: PodSpec, at: Path): string[] {
  const warnings: string[] = [];
  const known = new Map<string, PortBlock[]>();
  for (const { container, at: here } of containersWithPath(spec, at))
    container.ports?.forEach((port, i) => {
      const portAt = here.child('ports').index(i);
      if (port.hostIP && !port.hostPort) {
        const shown = Object.entries(goStruct('ContainerPort', port)).map(([name, value]) => `${name}:${value}`);
        warnings.push(`${portAt}: hostIP set without hostPort: {${shown.join(' ')}}`);
      }
      const key = `${port.containerPort}/${port.protocol}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const kind = overlap(port, other.port);
        if (kind) warnings.push(`${portAt}: ${kind} port definition with ${other.at}`);
      }
      known.set(key, [...others, { port, at: portAt }]);
    });
  return warnings;
}

const NULL_SELECTOR = 'a null labelSelector results in matching no pod';

function affinityWarnings(affinity: PodAffinity | PodAntiAffinity | undefined, at: Path): string[] {
  const required = at.child('requiredDuringSchedulingIgnoredDuringExecution');
  const preferred = at.child('preferredDuringSchedulingIgnoredDuringExecution');
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ labelSelector }, i) =>
      labelSelector ? [] : [`${required.index(i).child('labelSelector')}: ${NULL_SELECTOR}`],
    ),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, i) =>
      podAffinityTerm.labelSelector ? [] : [`${preferred.index(i).child('podAffinityTerm', 'labelSelector')}: ${NULL_SELECTOR}`],
    ),
  ];
}

/** GetWarningsForPod, GetWarningsForPodTemplate. `at` is the path of what holds metadata and spec. */
export function podWarnings(metadata: ObjectMeta, spec: PodSpec, at: Path): string[] {
  const here = at.child('spec');
  const { volumes = [], hostAliases = [], imagePullSecrets = [], overhead } = spec;
  const warnings = [
    ...schedulingWarnings(spec, here),
    ...annotationWarnings(metadata.annotations, at.child('metadata', 'annotations')),
    ...volumeWarnings(volumes, here.child('volumes')),
    ...overlappingPathWarnings(volumes),
    ...repeated(
      hostAliases.map(({ ip }) => ip),
      'ip',
      (i) => here.child('hostAliases').index(i).child('ip'),
    ),
    ...repeated(
      imagePullSecrets.map(({ name = '' }) => name),
      'name',
      (i) => here.child('imagePullSecrets').index(i).child('name'),
    ),
    ...imagePullSecrets.flatMap(({ name }, i) =>
      name ? [] : [`${here.child('imagePullSecrets').index(i).child('name')}: invalid empty name ""`],
    ),
    ...fractionalBytes(overhead, 'memory', here.child('overhead')),
    ...fractionalBytes(overhead, 'ephemeral-storage', here.child('overhead')),
  ];
  for (const { container, at: containerAt } of containersWithPath(spec, here))
    warnings.push(...containerWarnings(container, containerAt));
  warnings.push(...portWarnings(spec, here));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const text = 'must be >= 0; negative values are invalid and will be treated as 1';
    warnings.push(`${here.child('terminationGracePeriodSeconds')}: ${text}`);
  }
  spec.topologySpreadConstraints?.forEach(({ labelSelector }, i) => {
    if (!labelSelector)
      warnings.push(`${here.child('topologySpreadConstraints').index(i).child('labelSelector')}: ${NULL_SELECTOR}`);
  });
  warnings.push(...affinityWarnings(spec.affinity?.podAffinity, here.child('affinity', 'podAffinity')));
  warnings.push(...affinityWarnings(spec.affinity?.podAntiAffinity, here.child('affinity', 'podAntiAffinity')));
  return warnings;
}

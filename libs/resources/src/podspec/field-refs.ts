import { type FieldError, fieldError, type Path, Quantity } from '@windlass/meta';
import { qualifiedName } from '../fields/names.ts';
import type { ObjectFieldSelector, ResourceFieldSelector } from '../types.gen.ts';

/** Fields that the downward API knows at all (ConvertDownwardAPIFieldLabel); `spec.host` is an older name. */
const KNOWN: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

export const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const RESOURCES: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const HUGE = /^(requests|limits)\.hugepages-/;
const SUBSCRIPT = /^(.*)\['(.*)'\]$/s;

/** validateObjectFieldSelector. `allowed` without subscripts, sorted. */
export function validateFieldRef(
  { apiVersion, fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
  at: Path,
): FieldError[] {
  const here = at.child('fieldPath');
  if (!apiVersion) return [fieldError.required(at.child('apiVersion'))];
  if (!fieldPath) return [fieldError.required(here)];
  if (apiVersion !== 'v1')
    return [fieldError.invalid(here, fieldPath, `error converting fieldPath: unsupported pod version: ${apiVersion}`)];
  const subscripted = SUBSCRIPT.exec(fieldPath);
  const path = subscripted?.[1] ?? fieldPath;
  if (subscripted && path !== 'metadata.annotations' && path !== 'metadata.labels') {
    const detail = `error converting fieldPath: field label does not support subscript: ${fieldPath}`;
    return [fieldError.invalid(here, fieldPath, detail)];
  }
  if (!KNOWN.has(path) && path !== 'spec.host')
    return [fieldError.invalid(here, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  if (subscripted) {
    const key = subscripted[2]!;
    return qualifiedName(path === 'metadata.annotations' ? key.toLowerCase() : key, at);
  }
  const internal = path === 'spec.host' ? 'spec.nodeName' : path;
  return allowed.includes(internal) ? [] : [fieldError.notSupported(here, internal, allowed)];
}

const BYTE_DIVISORS: ReadonlySet<string> = new Set([
  ...['1', '1k', '1M', '1G', '1T', '1P', '1E'],
  ...['1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
]);
const BYTE_TEXT = "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the";

function validateDivisor(resource: string, divisor: string | undefined, at: Path): FieldError[] {
  if (divisor === undefined || Quantity.parse(divisor).sign === 0) return [];
  const refuse = (text: string) => [fieldError.invalid(at.child('divisor'), resource, text)];
  if (resource.endsWith('.cpu'))
    return divisor === '1' || divisor === '1m'
      ? []
      : refuse("only divisor's values 1m and 1 are supported with the cpu resource");
  const kind = resource.endsWith('.memory')
    ? 'memory'
    : resource.endsWith('.ephemeral-storage')
      ? 'local ephemeral storage'
      : HUGE.test(resource)
        ? 'hugepages'
        : undefined;
  return kind === undefined || BYTE_DIVISORS.has(divisor) ? [] : refuse(`${BYTE_TEXT} ${kind} resource`);
}

/** validateContainerResourceFieldSelector; a volume has to name the container. */
export function validateResourceFieldRef(selector: ResourceFieldSelector, at: Path, volume: boolean): FieldError[] {
  const { containerName, resource, divisor } = selector;
  const errors: FieldError[] = [];
  if (volume && !containerName) errors.push(fieldError.required(at.child('containerName')));
  else if (!resource) errors.push(fieldError.required(at.child('resource')));
  else if (!RESOURCES.includes(resource) && !HUGE.test(resource))
    errors.push(fieldError.notSupported(at.child('resource'), resource, RESOURCES));
  return [...errors, ...validateDivisor(resource ?? '', divisor, at)];
}

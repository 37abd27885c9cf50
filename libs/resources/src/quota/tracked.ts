import { isExtendedResource, isHugePages } from '../podspec/resource-names.ts';

/** A kind as quotas name it: across versions. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

const COUNT = 'count/';
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const POD_NAMES: ReadonlySet<string> = new Set([
  'pods',
  ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** Core kinds with names of their own, besides `count/…`. */
export const PLAIN: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

export const countName = ({ group, resource }: GroupResource): string => `${COUNT}${resource}${group ? `.${group}` : ''}`;

function isPodName(name: string): boolean {
  const asked = name.replace(/^requests\./, '');
  return POD_NAMES.has(name) || isHugePages(asked) || (asked !== name && isExtendedResource(asked));
}

/**
 * The kind whose objects a name in `hard` measures; undefined for a name that nothing does.
 * @param name such as `limits.cpu`, `services.nodeports` or `count/deployments.apps`
 */
export function trackedResource(name: string): GroupResource | undefined {
  if (name.startsWith(COUNT)) {
    const [resource = '', ...group] = name.slice(COUNT.length).split('.');
    return { group: group.join('.'), resource };
  }
  if (PLAIN.has(name)) return { group: '', resource: name };
  if (name === 'requests.storage' || name.includes(CLASS_SUFFIX)) return { group: '', resource: 'persistentvolumeclaims' };
  if (name.startsWith('services.')) return { group: '', resource: 'services' };
  return isPodName(name) ? { group: '', resource: 'pods' } : undefined;
}

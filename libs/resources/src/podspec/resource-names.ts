const STANDARD: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);
const CONTAINER: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const INTEGER: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

export const HUGE_PAGES = 'hugepages-';

export const isHugePages = (name: string): boolean => name.startsWith(HUGE_PAGES);

/** A resource of Kubernetes' own: unprefixed, or with a kubernetes.io prefix. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** `vendor.example/thing`: counted in whole units, never overcommitted. */
export const isExtendedResource = (name: string): boolean => !isNativeResource(name) && !name.startsWith('requests.');

/** May requests be less than limits? */
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);

export const isStandardResource = (name: string): boolean => STANDARD.has(name) || isHugePages(name);

export const isStandardContainerResource = (name: string): boolean => CONTAINER.has(name) || isHugePages(name);

/** Quotas count these, and `requests.hugepages-*`; also the standard resources. */
export const isIntegerResource = (name: string): boolean => INTEGER.has(name) || isExtendedResource(name);

/** Resources that a pod may ask for as a whole (PodLevelResources). */
export const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

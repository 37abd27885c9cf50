/** What the API server's allocators need of services; the kind itself is ../services.ts. */
export { familyOfIp, type IpFamily, initIpFamilies, keepsPreferDualStack } from './ip-families.ts';
export { keepAllocatedValues, normalizeClusterIps } from './linked-fields.ts';
export { HEADLESS, needsHealthCheckNodePort, needsNodePort, nodePortsOf } from './needs.ts';

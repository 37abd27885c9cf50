import type { ResourceDefinition } from '@windlass/meta';
import { runtimeClasses } from './node/runtime-class.ts';
import { deviceClasses } from './resource/device-class.ts';
import { resourceClaims } from './resource/resource-claim.ts';
import { resourceClaimTemplates } from './resource/resource-claim-template.ts';
import { resourceSlices } from './resource/resource-slice.ts';
import { priorityClasses } from './scheduling/priority-class.ts';
import { csiDrivers } from './storage/csi-driver.ts';
import { csiNodes } from './storage/csi-node.ts';
import { csiStorageCapacities } from './storage/csi-storage-capacity.ts';
import { storageClasses } from './storage/storage-class.ts';
import { volumeAttachments } from './storage/volume-attachment.ts';
import { volumeAttributesClasses } from './storage/volume-attributes-class.ts';

/** Storage, runtimes, priorities, devices: what a cluster has to offer to its workloads. */
export const provisions = [
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  deviceClasses,
  priorityClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
  runtimeClasses,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
] as unknown as readonly ResourceDefinition[];

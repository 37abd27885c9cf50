import { type Client, isAlreadyExists } from '@windlass/client';
import type { Runnable } from '@windlass/controller';
import type { KubeObject } from '@windlass/meta';
import { type CSIDriver, DEFAULT_STORAGE_CLASS, LOCAL_DRIVER, LOCAL_PROVISIONER, type StorageClass } from '@windlass/resources';
import type { ControllerContext } from '../../shared/context.ts';
import { refs } from '../../shared/refs.ts';

const RETRY_MS = 2000;

/** The class that claims without class get. Its capacity is not enforced, so growing costs nothing. */
export const localClass = (name: string): StorageClass => ({
  metadata: { name, annotations: { [DEFAULT_STORAGE_CLASS[0]]: 'true' } },
  provisioner: LOCAL_PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
});

export const localDriver: CSIDriver = {
  metadata: { name: LOCAL_DRIVER },
  spec: {
    attachRequired: false,
    podInfoOnMount: false,
    fsGroupPolicy: 'File',
    storageCapacity: false,
    volumeLifecycleModes: ['Persistent'],
  },
};

async function ensure(client: Client, ref: (typeof refs)[keyof typeof refs], object: KubeObject): Promise<void> {
  try {
    await client.resource<KubeObject>(ref).create(object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** Makes class and driver when they are missing at the start; what is there is the administrator's. */
export const localStorageClass = ({ client, logger }: ControllerContext, name: string): Runnable => ({
  name: 'local-storage-class',
  async run(signal) {
    while (!signal.aborted) {
      try {
        await ensure(client, refs.csiDrivers, localDriver);
        await ensure(client, refs.storageClasses, localClass(name));
        return;
      } catch (err) {
        logger.warn({ err }, 'storage class of local volumes is not there yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  },
});

import type { Volume } from '@windlass/resources';
import { type Check, plural, quoted, sorted } from './check.ts';

const ALLOWED = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const satisfies readonly (keyof Volume)[];

/** In the order in which a volume with several sources is named after one. */
const RESTRICTED = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const satisfies readonly (keyof Volume)[];

export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  overrides: ['hostPathVolumes'],
  versions: [
    {
      since: 0,
      check({ spec }) {
        const bad = (spec.volumes ?? []).filter((volume) => !ALLOWED.some((source) => volume[source]));
        if (bad.length === 0) return undefined;
        const types = sorted(bad.map((volume) => RESTRICTED.find((source) => volume[source]) ?? 'unknown'));
        const names = `${plural('volume', bad.length)} ${quoted(bad.map(({ name }) => name))}`;
        return {
          reason: 'restricted volume types',
          detail: `${names} ${bad.length === 1 ? 'uses' : 'use'} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
        };
      },
    },
  ],
};

import type { AdmissionAttributes } from '@windlass/apiserver';
import type { Pod } from '@windlass/resources';

export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export const isMirrorPod = (pod: Pod): boolean => pod.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;

/** Whether the request is about pods, and about which of their subresources. */
export const isPods = ({ resource, subresource }: AdmissionAttributes, ...subresources: string[]): boolean =>
  resource.group === '' &&
  resource.resource === 'pods' &&
  (subresources.length === 0 ? [''] : subresources).includes(subresource);

export const podOf = ({ object }: AdmissionAttributes): Pod => object as unknown as Pod;

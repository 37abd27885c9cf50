import type { Pod, Volume } from '../types.gen.ts';

/** The claim that a volume of a pod refers to; an ephemeral volume's is named after both (KEP-1698). */
export const claimNameOf = ({ metadata }: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined =>
  persistentVolumeClaim?.claimName ?? (ephemeral ? `${metadata.name}-${name}` : undefined);

/** Keys (`namespace/name`) of the claims that a pod refers to, its ephemeral ones included. */
export const claimKeysOf = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) => {
    const claim = claimNameOf(pod, volume);
    return claim === undefined ? [] : [`${pod.metadata.namespace}/${claim}`];
  });

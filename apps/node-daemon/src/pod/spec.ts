import type { Container, Pod } from '@windlass/resources';
import { normalizeImage } from '../runtime/image-reference.ts';

export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';

export interface SpecContainer {
  container: Container;
  kind: ContainerKind;
}

/** An init container that keeps running beside the app containers (KEP-753). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** All containers of a pod, in starting order. */
export const containersOf = (pod: Pod): SpecContainer[] => [
  ...(pod.spec.initContainers ?? []).map(
    (container): SpecContainer => ({ container, kind: isSidecar(container) ? 'sidecar' : 'init' }),
  ),
  ...pod.spec.containers.map((container): SpecContainer => ({ container, kind: 'app' })),
  ...(pod.spec.ephemeralContainers ?? []).map(
    (container): SpecContainer => ({ container: container as Container, kind: 'ephemeral' }),
  ),
];

/** References, as the runtime has them, of all images that a pod names. */
export const imagesOf = (pod: Pod): string[] =>
  [
    ...containersOf(pod).map(({ container }) => container.image),
    ...(pod.spec.volumes ?? []).map(({ image }) => image?.reference),
  ].flatMap((image) => {
    try {
      return image ? [image, normalizeImage(image).reference] : [];
    } catch {
      return [];
    }
  });

/** The fieldPath of events about a container. */
export const fieldPathOf = ({ container, kind }: SpecContainer): string => {
  const list = kind === 'app' ? 'containers' : kind === 'ephemeral' ? 'ephemeralContainers' : 'initContainers';
  return `spec.${list}{${container.name}}`;
};

export const gracePeriodOf = (pod: Pod): number =>
  pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;

import { mkdir } from 'node:fs/promises';
import { mountImage, mountPointsBelow } from '@windlass/host';
import type { Container, Pod, Volume } from '@windlass/resources';
import type { NodePaths } from '../pod/names.ts';
import type { ImageOutcome } from '../runtime/images.ts';

export const imageVolumePath = (paths: NodePaths, uid: string, name: string): string => paths.volume(uid, 'image', name);

/** Image volumes that a container mounts. */
export function imageVolumesOf({ spec }: Pod, { volumeMounts = [] }: Container): Volume[] {
  const used = new Set(volumeMounts.map(({ name }) => name));
  return (spec.volumes ?? []).filter((volume) => volume.image && used.has(volume.name));
}

export interface ImageVolumeParts {
  paths: NodePaths;
  containerdSocket: string;
  /** Pulls as for a container of that name and image. */
  ensure(container: Container): Promise<ImageOutcome>;
}

/**
 * Brings the images of a container's image volumes to the node and mounts them (KEP-4639), in order. @returns why the container has to wait;
 * undefined: all are mounted @throws CommandError when an image cannot be mounted
 */
export async function ensureImageVolumes(
  pod: Pod,
  container: Container,
  { paths, containerdSocket, ensure }: ImageVolumeParts,
): Promise<Exclude<ImageOutcome, { image: unknown }> | undefined> {
  for (const { name, image } of imageVolumesOf(pod, container)) {
    const target = imageVolumePath(paths, pod.metadata.uid!, name);
    if ((await mountPointsBelow(target)).includes(target)) continue;
    const found = await ensure({ name, image: image!.reference, imagePullPolicy: image!.pullPolicy });
    if (!('image' in found)) return found;
    await mkdir(target, { recursive: true });
    await mountImage(containerdSocket, found.image.id, target);
  }
  return undefined;
}

import { run } from '../process/index.ts';

const NAMESPACE = 'k8s.io';

/**
 * Mounts an image's files, read-only. The mount lasts as long as the image is on the node; {@link unmountBelow} ends it. For runtimes whose CRI
 * does not mount images (containerd before 2.1). @param image id or reference of an unpacked image @throws CommandError
 */
export async function mountImage(socket: string, image: string, target: string): Promise<void> {
  const ctr = (args: string[], okCodes?: 'any') =>
    run('ctr', ['--address', socket, '--namespace', NAMESPACE, ...args], { timeoutMs: 60_000, ...(okCodes ? { okCodes } : {}) });
  await ctr(['snapshots', 'rm', target], 'any');
  await ctr(['images', 'mount', image, target]);
  // The view is only needed to learn what to mount: the files are those of the image's layers.
  await ctr(['snapshots', 'rm', target], 'any');
  await ctr(['leases', 'rm', target], 'any');
}

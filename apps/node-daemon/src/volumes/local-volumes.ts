import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { validateDns1123Subdomain } from '@windlass/meta';
import { VolumeError } from './payload.ts';

/** Directories of this node that are persistent volumes (provisioner `windlass.dev/local`, ADR 65), by their handles. */
export class LocalVolumes {
  readonly root: string;
  constructor(stateDir: string) {
    this.root = path.join(stateDir, 'local-volumes');
  }

  /** @throws VolumeError for what cannot be a handle: it becomes a path */
  path(handle: string): string {
    if (validateDns1123Subdomain(handle).length > 0) throw new VolumeError(`${JSON.stringify(handle)} is not a volume handle`);
    return path.join(this.root, handle);
  }

  /** Makes the directory unless it is there. Open to every user, as what local-path provisioners make. */
  async ensure(handle: string): Promise<string> {
    const directory = this.path(handle);
    await mkdir(this.root, { recursive: true, mode: 0o711 });
    if (await mkdir(directory, { recursive: true })) await chmod(directory, 0o777);
    return directory;
  }

  /** Removes the data. Nothing happens when it is gone. */
  async remove(handle: string): Promise<void> {
    await rm(this.path(handle), { recursive: true, force: true });
  }
}

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../process/index.ts';

export interface CniOptions {
  /** Where containerd looks for configurations. */
  confDir: string;
  /** Where host-local keeps its leases; one per node. */
  leaseDir: string;
  podCidr: string;
  mtu: number;
  bridge?: string;
}

const FILE = '10-windlass.conflist';

/** The CNI chain of a node: the bridge plugin with addresses from the node's pod network. Masquerading is in our own nftables table. */
export const cniConfList = ({ leaseDir, podCidr, mtu, bridge = 'cni0' }: CniOptions) => ({
  cniVersion: '0.4.0',
  name: 'windlass',
  plugins: [
    {
      type: 'bridge',
      bridge,
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      mtu,
      ipam: { type: 'host-local', dataDir: leaseDir, ranges: [[{ subnet: podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
  ],
});

/** Writes the configuration; containerd, which watches the directory, never sees half of it. @returns whether it changed */
export async function writeCniConf(options: CniOptions): Promise<boolean> {
  const file = path.join(options.confDir, FILE);
  const text = `${JSON.stringify(cniConfList(options), null, 2)}\n`;
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return false;
  await mkdir(options.confDir, { recursive: true });
  await mkdir(options.leaseDir, { recursive: true });
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
  return true;
}

/** Removes configuration and bridge. Leases stay with the state directory. */
export async function removeCni(confDir: string, bridge = 'cni0'): Promise<void> {
  await rm(path.join(confDir, FILE), { force: true });
  await run('ip', ['link', 'delete', bridge], { okCodes: 'any' });
}

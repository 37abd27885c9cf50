import { run } from '../process/index.ts';
import { removeCni } from './cni.ts';
import { removeOverlay } from './overlay.ts';
import { removeServiceAddresses } from './service-addresses.ts';

/** What a node makes in its network namespace besides the bridge of its pods. */
export const NODE_NETWORK = { device: 'wl-vxlan', serviceTable: 'windlass', policyTable: 'windlass_policy' } as const;

/** Takes away overlay, tables, addresses, bridge and CNI configuration of a node whose daemon has ended, in this network namespace. */
export async function removeNodeNetwork({
  cniConfDir,
  clusterDnsIp,
}: {
  cniConfDir: string;
  clusterDnsIp: string;
}): Promise<void> {
  const ours: readonly string[] = [NODE_NETWORK.serviceTable, NODE_NETWORK.policyTable];
  const { stdout } = await run('nft', ['-j', 'list', 'tables'], { okCodes: 'any' });
  const { nftables = [] } = JSON.parse(stdout.trim() || '{}') as { nftables?: { table?: { family: string; name: string } }[] };
  for (const { table } of nftables)
    if (table && ours.includes(table.name)) await run('nft', ['delete', 'table', table.family, table.name], { okCodes: 'any' });
  await removeOverlay(NODE_NETWORK.device);
  await removeServiceAddresses();
  await removeCni(cniConfDir);
  await run('ip', ['address', 'delete', `${clusterDnsIp}/32`, 'dev', 'lo'], { okCodes: 'any' });
}

import { run } from '../process/index.ts';

/** Marks our addresses on the loopback interface among others' (`ip address … label`). */
const LABEL = 'lo:lb';
const ON_LOOPBACK = ['dev', 'lo', 'label', LABEL];

/**
 * Makes this network namespace answer ARP on exactly these IPv4 addresses, besides those that it has otherwise: they lie on the loopback
 * interface, and the kernel answers on every link for every local address (arp_ignore 0, ip-sysctl). Level-triggered.
 * @returns the number of changes made
 */
export async function applyServiceAddresses(wanted: readonly string[]): Promise<number> {
  const { stdout } = await run('ip', ['-j', '-4', 'address', 'show', ...ON_LOOPBACK], { timeoutMs: 10_000 });
  const links = JSON.parse(stdout.trim() || '[]') as { addr_info?: { local?: string }[] }[];
  const present = new Set(links.flatMap(({ addr_info = [] }) => addr_info.flatMap(({ local }) => local ?? [])));
  const lines = [
    ...[...present].filter((address) => !wanted.includes(address)).map((address) => `address del ${address}/32 dev lo`),
    ...wanted.filter((address) => !present.has(address)).map((address) => `address add ${address}/32 dev lo label ${LABEL}`),
  ];
  if (lines.length > 0) await run('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n`, timeoutMs: 10_000 });
  return lines.length;
}

export const removeServiceAddresses = async (): Promise<void> =>
  void (await run('ip', ['address', 'flush', ...ON_LOOPBACK], { okCodes: 'any', timeoutMs: 10_000 }));

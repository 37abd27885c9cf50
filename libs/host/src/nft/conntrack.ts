import { run } from '../process/index.ts';

/** Which tracked UDP flows to forget: by what the client dialled (address, port), and optionally by where it was sent. */
export interface FlowFilter {
  address?: string;
  port: number;
  endpoint?: string;
}

/**
 * Forgets UDP flows, so that clients which keep sending from one port are balanced anew. TCP needs none of this: its connections end
 * by themselves. Quietly does nothing where the `conntrack` tool is missing: flows then expire after 30-120 s.
 */
export async function forgetUdpFlows(filters: readonly FlowFilter[], prefix: readonly string[] = []): Promise<void> {
  for (const { address, port, endpoint } of filters) {
    const [command, ...args] = [...prefix, 'conntrack', '-D', '-p', 'udp', '--orig-port-dst', String(port)];
    if (address) args.push('--orig-dst', address);
    if (endpoint) args.push('--dst-nat', endpoint);
    await run(command!, args, { okCodes: 'any', timeoutMs: 10_000 }).catch(() => {});
  }
}

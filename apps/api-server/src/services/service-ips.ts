import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, type Cidr, formatCidr, formatIp, parseCidr, parseIp, StatusError } from '@windlass/meta';
import type { IPAddress, IpFamily, ServiceCIDR } from '@windlass/resources';
import { ClaimError, type Claims, type Owner } from './claims.ts';
import { addressRange, candidates, inRange } from './ip-range.ts';

const GROUP = 'networking.k8s.io';
export const IP_ADDRESSES = { group: GROUP, resource: 'ipaddresses' } as const;
export const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by';
export const MANAGER = 'ipallocator.k8s.io';
const FAMILY_LABEL = 'ipaddress.kubernetes.io/ip-family';

/** No condition at all counts as ready: the controller that sets it may not run. */
const usable = ({ metadata, status }: ServiceCIDR): boolean =>
  !metadata.deletionTimestamp && (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True';

export const ipAddressOf = (ip: string, family: IpFamily, { namespace, name }: Owner): AnyObject =>
  ({
    metadata: { name: ip, labels: { [FAMILY_LABEL]: family, [MANAGED_BY]: MANAGER } },
    spec: { parentRef: { resource: 'services', ...(namespace && { namespace }), ...(name && { name }) } },
  }) as unknown as AnyObject;

/** Cluster IPs of one family: IPAddress objects within the networks of the ready ServiceCIDRs (KEP-1880). */
export class ServiceIps implements Claims<string> {
  readonly #family: IpFamily;
  readonly #reader: ResourceReader;
  readonly #writer: ResourceWriter;
  readonly #random: () => number;

  constructor(family: IpFamily, reader: ResourceReader, writer: ResourceWriter, random: () => number = Math.random) {
    this.#family = family;
    this.#reader = reader;
    this.#writer = writer;
    this.#random = random;
  }

  async take(ip: string, owner: Owner): Promise<void> {
    if (!this.#rangeOf(ip)) throw new ClaimError('the provided network does not match the current range');
    if (!(await this.#create(ip, owner))) throw new ClaimError('provided IP is already allocated');
  }

  async takeAny(owner: Owner): Promise<string> {
    for (const cidr of this.#networks())
      for (const value of candidates(addressRange(cidr), this.#random)) {
        const ip = formatIp({ family: cidr.family, value });
        if (!this.#get(ip) && (await this.#create(ip, owner))) return ip;
      }
    throw new ClaimError('range is full');
  }

  check(ip: string): void {
    if (this.#rangeOf(ip)) return;
    const [first] = this.#networks();
    if (!first) throw new ClaimError('allocator not ready');
    throw new ClaimError(`the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${formatCidr(first)}`);
  }

  propose(): string {
    const [first] = this.#networks();
    if (!first) throw new ClaimError('range is full');
    return formatIp({ family: first.family, value: first.base });
  }

  async release(ip: string, { namespace, name }: Owner): Promise<void> {
    const claim = (await this.#reader.getFresh(GROUP, 'ipaddresses', '', ip)) as IPAddress | undefined;
    const parent = claim?.spec.parentRef;
    if (!claim || parent?.namespace !== namespace || parent.name !== name) return;
    await this.#writer.delete(GROUP, 'ipaddresses', '', ip, {
      preconditions: { uid: claim.metadata.uid },
    } as unknown as AnyObject);
  }

  #get(ip: string): IPAddress | undefined {
    return this.#reader.get(GROUP, 'ipaddresses', '', ip) as IPAddress | undefined;
  }

  /** @returns false when somebody has it */
  async #create(ip: string, owner: Owner): Promise<boolean> {
    try {
      await this.#writer.create(GROUP, 'ipaddresses', ipAddressOf(ip, this.#family, owner));
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === 'AlreadyExists') return false;
      throw new ClaimError(error.message);
    }
  }

  #networks(): Cidr[] {
    return (this.#reader.list(GROUP, 'servicecidrs') as unknown as ServiceCIDR[])
      .filter(usable)
      .flatMap(({ spec }) => spec?.cidrs ?? [])
      .map((text) => parseCidr(text))
      .filter((cidr): cidr is Cidr => cidr !== undefined && (cidr.family === 4) === (this.#family === 'IPv4'));
  }

  #rangeOf(ip: string): Cidr | undefined {
    const parsed = parseIp(ip);
    return parsed && this.#networks().find((c) => c.family === parsed.family && inRange(addressRange(c), parsed.value));
  }
}

/** Blocks of one IPv4 network and who has them. */
export class CidrSet {
  readonly #base: number;
  readonly #mask: number;
  readonly #count: number;
  readonly #owners = new Map<string, string>();
  readonly #byOwner = new Map<string, string>();

  /** @throws Error for anything but an IPv4 network that holds at least one block */
  constructor(cidr: string, maskSize: number) {
    const [address = '', bits = ''] = cidr.split('/');
    const parts = address.split('.').map(Number);
    if (parts.length !== 4 || parts.some((p) => !(p >= 0 && p <= 255)) || !/^\d+$/.test(bits))
      throw new Error(`clusterCidr ${cidr} is not an IPv4 network`);
    if (maskSize < Number(bits) || maskSize > 30) throw new Error(`nodeCidrMaskSize ${maskSize} does not fit ${cidr}`);
    this.#mask = maskSize;
    this.#count = 2 ** (maskSize - Number(bits));
    const raw = parts.reduce((sum, p) => sum * 256 + p, 0);
    this.#base = raw - (raw % 2 ** (32 - Number(bits)));
  }

  /** Notes that `owner` has a block, whoever gave it. */
  occupy(cidr: string, owner: string): void {
    this.release(owner);
    this.#owners.set(cidr, owner);
    this.#byOwner.set(owner, cidr);
  }

  /** The owner's block, or the first free one, now its own; undefined when none is left. */
  take(owner: string): string | undefined {
    const had = this.#byOwner.get(owner);
    if (had) return had;
    for (let i = 0; i < this.#count; i++) {
      const cidr = this.#block(i);
      if (this.#owners.has(cidr)) continue;
      this.occupy(cidr, owner);
      return cidr;
    }
    return undefined;
  }

  release(owner: string): void {
    const cidr = this.#byOwner.get(owner);
    if (cidr === undefined) return;
    this.#byOwner.delete(owner);
    if (this.#owners.get(cidr) === owner) this.#owners.delete(cidr);
  }

  #block(index: number): string {
    const address = this.#base + index * 2 ** (32 - this.#mask);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${this.#mask}`;
  }
}

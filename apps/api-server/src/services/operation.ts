import type { IpFamily } from '@windlass/resources';
import { ClaimError, type Claims, type Owner } from './claims.ts';

export interface ServiceClaims {
  ips: ReadonlyMap<IpFamily, Claims<string>>;
  ports: Claims<number>;
}

/** What one write of a service takes and gives back. Nothing is given back before the write is stored, nothing is held on a dry run. */
export class Operation {
  readonly #claims: ServiceClaims;
  readonly #owner: Owner;
  readonly #dryRun: boolean;
  readonly #failed: (error: unknown) => void;
  readonly #undo: (() => Promise<void>)[] = [];
  readonly #commit: (() => Promise<void>)[] = [];
  readonly #ports = new Set<number>();

  /** @param failed told of claims that could not be given back; the repair loop will find them */
  constructor(claims: ServiceClaims, owner: Owner, dryRun: boolean, failed: (error: unknown) => void) {
    this.#claims = claims;
    this.#owner = owner;
    this.#dryRun = dryRun;
    this.#failed = failed;
  }

  /** `wanted` or any IP of the family. @throws ClaimError */
  async takeIp(family: IpFamily, wanted: string): Promise<string> {
    const claims = this.#ips(family);
    if (this.#dryRun) {
      if (wanted) claims.check(wanted);
      return wanted || (claims.propose(new Set()) as string);
    }
    if (wanted) await claims.take(wanted, this.#owner);
    const ip = wanted || (await claims.takeAny(this.#owner));
    this.#undo.push(() => claims.release(ip, this.#owner));
    return ip;
  }

  /** `wanted` or, for 0, any node port. @throws ClaimError */
  async takePort(wanted: number): Promise<number> {
    const { ports } = this.#claims;
    if (this.#dryRun) {
      if (this.#ports.has(wanted)) throw new ClaimError('provided port is already allocated');
      if (wanted) ports.check(wanted);
      const port = wanted || ports.propose(this.#ports);
      this.#ports.add(port);
      return port;
    }
    if (wanted) await ports.take(wanted, this.#owner);
    const port = wanted || (await ports.takeAny(this.#owner));
    this.#undo.push(() => ports.release(port, this.#owner));
    return port;
  }

  releaseIpLater(family: IpFamily, ip: string): void {
    if (this.#dryRun || !this.#claims.ips.has(family)) return;
    this.#commit.push(() => this.#ips(family).release(ip, this.#owner));
  }

  releasePortLater(port: number): void {
    if (!this.#dryRun && port) this.#commit.push(() => this.#claims.ports.release(port, this.#owner));
  }

  commit(): Promise<void> {
    return this.#run(this.#commit);
  }

  undo(): Promise<void> {
    return this.#run(this.#undo.reverse());
  }

  #ips(family: IpFamily): Claims<string> {
    const claims = this.#claims.ips.get(family);
    if (!claims) throw new ClaimError(`${family} is not configured on this cluster`);
    return claims;
  }

  async #run(steps: (() => Promise<void>)[]): Promise<void> {
    for (const step of steps.splice(0)) await step().catch(this.#failed);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, StatusError } from '@windlass/meta';

const GROUP = 'coordination.k8s.io';
const NAMESPACE = 'kube-system';
const IDENTITY_LABEL = 'apiserver.kubernetes.io/identity';
const ADDRESS_ANNOTATION = 'kubernetes.io/peer-advertise-address';
/** As kube-apiserver's identity leases: what a crash leaves is an hour old before it is taken away. */
const DURATION_SECONDS = 3600;
const RENEW_MS = 10_000;
/** A server that has not renewed for so long, while we have, does not answer any more (kube-apiserver's master leases). */
const DEAD_MS = 15_000;

export interface ServerAddress {
  host: string;
  port: number;
}

export interface ServerLeasesOptions {
  reader: ResourceReader;
  writer: ResourceWriter;
  /** Where others reach this server; undefined for one that is no endpoint. */
  address: ServerAddress | undefined;
  /** What tells this server from others on its host. */
  port: number;
  /** Told of all live servers whenever they may have changed. */
  live(addresses: ServerAddress[]): Promise<void>;
  failed(error: unknown): void;
  renewMs?: number;
  deadMs?: number;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31];
    value &= 0xff;
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

/** `apiserver-` and 26 letters: the same after a restart on the same host and port. */
export const leaseName = (host: string, port: number): string =>
  `apiserver-${base32(createHash('sha256').update(`${host}:${port}`).digest().subarray(0, 16))}`;

function addressOf({ metadata }: AnyObject): ServerAddress | undefined {
  const text = metadata.annotations?.[ADDRESS_ANNOTATION] ?? '';
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  return at > 0 && port > 0 ? { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port } : undefined;
}

const isServer = ({ metadata }: AnyObject): boolean => metadata.labels?.[IDENTITY_LABEL] === 'kube-apiserver';

/** The lease by which this server is known to the others (KEP-1965), and which others live, by their leases. */
export class ServerLeases {
  readonly #options: ServerLeasesOptions;
  readonly #name: string;
  readonly #holder: string;
  /** When, by our clock, a lease was last seen to change. */
  readonly #seen = new Map<string, { version: string; at: number }>();
  #stops: (() => void)[] = [];
  #working: Promise<void> = Promise.resolve();

  constructor(options: ServerLeasesOptions) {
    this.#options = options;
    this.#name = leaseName(hostname(), options.port);
    this.#holder = `${this.#name}_${randomUUID()}`;
  }

  async start(): Promise<void> {
    const { reader, renewMs = RENEW_MS } = this.#options;
    await this.#tick();
    const timer = setInterval(() => this.#queue(), renewMs);
    timer.unref();
    this.#stops = [
      () => clearInterval(timer),
      reader.onChange(GROUP, 'leases', (type, lease) => {
        if (!isServer(lease) || lease.metadata.namespace !== NAMESPACE) return;
        const known = this.#seen.has(lease.metadata.name!);
        if (type === 'DELETED') this.#seen.delete(lease.metadata.name!);
        // A renewal alone changes nothing.
        if ((type === 'DELETED') === known) this.#queue(false);
      }),
    ];
  }

  /** Takes this server out at once, so that nobody is sent to it any more. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#working;
    const { writer, live } = this.#options;
    await writer.delete(GROUP, 'leases', NAMESPACE, this.#name).catch(unless404);
    await live(
      this.#live()
        .filter(({ name }) => name !== this.#name)
        .flatMap(({ address }) => address ?? []),
    );
  }

  #queue(renew = true): void {
    this.#working = this.#working.then(() => this.#tick(renew)).catch((error) => this.#options.failed(error));
  }

  async #tick(renew = true): Promise<void> {
    const { reader, live } = this.#options;
    if (renew) {
      await this.#renew();
      await reader.getFresh(GROUP, 'leases', NAMESPACE, this.#name);
      await this.#collect();
    }
    await live(this.#live().flatMap(({ address }) => address ?? []));
  }

  #leases(): AnyObject[] {
    return this.#options.reader.list(GROUP, 'leases', NAMESPACE).filter(isServer);
  }

  #live(): { name: string; address: ServerAddress | undefined }[] {
    const now = performance.now();
    const { deadMs = DEAD_MS } = this.#options;
    return this.#leases().flatMap((lease) => {
      const name = lease.metadata.name!;
      const version = lease.metadata.resourceVersion!;
      const known = this.#seen.get(name);
      if (known?.version !== version) this.#seen.set(name, { version, at: now });
      else if (name !== this.#name && now - known.at > deadMs) return [];
      return [{ name, address: addressOf(lease) }];
    });
  }

  async #renew(): Promise<void> {
    const { writer, address } = this.#options;
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: this.#holder, leaseDurationSeconds: DURATION_SECONDS, renewTime };
    const shown = address && `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    const metadata = {
      name: this.#name,
      namespace: NAMESPACE,
      labels: { [IDENTITY_LABEL]: 'kube-apiserver', 'kubernetes.io/hostname': hostname() },
      ...(shown ? { annotations: { [ADDRESS_ANNOTATION]: shown } } : {}),
    };
    const merge = (lease: AnyObject): AnyObject => ({
      ...lease,
      metadata: { ...lease.metadata, labels: metadata.labels, annotations: metadata.annotations },
      spec: { ...lease.spec, ...spec },
    });
    try {
      await writer.modify(GROUP, 'leases', NAMESPACE, this.#name, merge);
    } catch (error) {
      unless404(error);
      await writer.create(GROUP, 'leases', { metadata, spec } as unknown as AnyObject);
    }
  }

  /** Leases whose servers are gone for good. */
  async #collect(): Promise<void> {
    const { writer } = this.#options;
    for (const { metadata, spec } of this.#leases()) {
      const ends = Date.parse(spec.renewTime ?? metadata.creationTimestamp) + (spec.leaseDurationSeconds ?? 0) * 1000;
      if (metadata.name === this.#name || ends > Date.now()) continue;
      const options = { preconditions: { uid: metadata.uid } } as unknown as AnyObject;
      await writer.delete(GROUP, 'leases', NAMESPACE, metadata.name!, options).catch(unless404);
    }
  }
}

function unless404(error: unknown): void {
  if (!(error instanceof StatusError && error.code === 404)) throw error;
}

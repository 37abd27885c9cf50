import type { ResourceReader } from '@windlass/apiserver';
import { type AnyObject, goQuote } from '@windlass/meta';
import type { KubernetesClaims, ObjectClaim } from './claims.ts';

/** Clocks of the parts of a cluster may differ so much. */
export const LEEWAY_MS = 60_000;

const wasDeleted = (object: AnyObject, now: Date): boolean =>
  object.metadata.deletionTimestamp !== undefined && Date.parse(object.metadata.deletionTimestamp) < now.getTime() - LEEWAY_MS;

/** Whether what a token is bound to still exists and is the same. */
export class BoundObjects {
  readonly #reader: ResourceReader;

  constructor(reader: ResourceReader) {
    this.#reader = reader;
  }

  /** A missing object may be missing in the cache alone: it is looked up again once the cache is current. */
  async #find(resource: string, namespace: string, name: string): Promise<AnyObject | undefined> {
    return this.#reader.get('', resource, namespace, name) ?? (await this.#reader.getFresh('', resource, namespace, name));
  }

  async account(namespace: string, { name, uid }: ObjectClaim, now: Date): Promise<AnyObject> {
    const account = await this.#find('serviceaccounts', namespace, name);
    if (!account) throw new Error(`serviceaccounts ${goQuote(name)} not found`);
    if (wasDeleted(account, now)) throw new Error(`service account ${namespace}/${name} has been deleted`);
    if (account.metadata.uid !== uid)
      throw new Error(`service account UID (${account.metadata.uid}) does not match claim (${uid})`);
    return account;
  }

  /** @throws Error when the pod, secret or node of the token is gone or another one */
  async check({ namespace, pod, secret, node }: KubernetesClaims, now: Date): Promise<void> {
    if (secret) await this.#same('secrets', 'secret', namespace, secret, now);
    if (pod) await this.#same('pods', 'pod', namespace, pod, now);
    // The node of a pod is information; the node of a token that is bound to nothing else is what it lives and dies with.
    else if (node) await this.#same('nodes', 'node', '', node, now);
  }

  async #same(resource: string, what: string, namespace: string, { name, uid }: ObjectClaim, now: Date): Promise<void> {
    const object = await this.#find(resource, namespace, name);
    if (!object || wasDeleted(object, now)) throw new Error('service account token has been invalidated');
    if (object.metadata.uid !== uid)
      throw new Error(`${what} UID (${object.metadata.uid}) does not match service account ${what} ref claim (${uid})`);
  }
}

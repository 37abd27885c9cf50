import { type Client, Informer, isNotFound, type ResourceRef } from '@windlass/client';
import type { ConfigMap, Pod, Secret } from '@windlass/resources';
import type { PodObjects } from '../pod/env.ts';

const CONFIG_MAPS: ResourceRef = { group: '', version: 'v1', resource: 'configmaps', namespaced: true, kind: 'ConfigMap' };
const SECRETS: ResourceRef = { group: '', version: 'v1', resource: 'secrets', namespaced: true, kind: 'Secret' };

type Followed = ConfigMap | Secret;
interface Entry {
  informer: Informer<Followed>;
  abort: AbortController;
  isSynced: boolean;
  users: Map<string, () => void>;
}

/**
 * ConfigMaps and Secrets that pods of this node refer to. Each is followed by a watch of its own (a node may see no others) from its first
 * use to the end of its last pod; until the watch stands, and for what it does not show, the object is fetched.
 */
export class ReferencedObjects {
  readonly #client: Client;
  readonly #entries = new Map<string, Entry>();
  constructor(client: Client) {
    this.#client = client;
  }

  /** @param changed called whenever an object that was asked for changes */
  of(pod: Pod, changed: () => void): PodObjects {
    const namespace = pod.metadata.namespace!;
    const uid = pod.metadata.uid!;
    return {
      configMap: (name) => this.#get<ConfigMap>(CONFIG_MAPS, namespace, name, uid, changed),
      secret: (name) => this.#get<Secret>(SECRETS, namespace, name, uid, changed),
    };
  }

  async #get<T extends Followed>(ref: ResourceRef, namespace: string, name: string, uid: string, changed: () => void) {
    const entry = this.#follow(ref, namespace, name);
    entry.users.set(uid, changed);
    const seen = entry.isSynced ? entry.informer.store.get(`${namespace}/${name}`) : undefined;
    if (seen) return seen as T;
    try {
      return await this.#client.resource<T>(ref).get({ namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #follow(ref: ResourceRef, namespace: string, name: string): Entry {
    const key = `${ref.resource}/${namespace}/${name}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      const informer = new Informer<Followed>(this.#client.resource<Followed>(ref), {
        namespace,
        fieldSelector: `metadata.name=${name}`,
      });
      const created: Entry = { informer, abort: new AbortController(), isSynced: false, users: new Map() };
      const tell = () => {
        for (const changed of created.users.values()) changed();
      };
      informer.addHandler({ add: (_, initial) => void (initial || tell()), update: tell, delete: tell });
      void informer.start(created.abort.signal);
      void informer.synced().then(() => {
        created.isSynced = true;
      });
      this.#entries.set(key, created);
      entry = created;
    }
    return entry;
  }

  /** The pod has ended: objects that it alone used are no longer followed. */
  release(uid: string): void {
    for (const [key, { users, abort }] of this.#entries) {
      if (!users.delete(uid) || users.size > 0) continue;
      abort.abort();
      this.#entries.delete(key);
    }
  }

  stop(): void {
    for (const { abort } of this.#entries.values()) abort.abort();
    this.#entries.clear();
  }
}

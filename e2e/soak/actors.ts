import type { Client } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Random } from '@windlass/testkit';
import type { Seen } from './truth.ts';

const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true } as const;
export const NAMESPACE = 'default';
export const SELECTOR = 'on=yes';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export const configMaps = (client: Client) => client.resource<AnyObject>(CONFIG_MAPS);

/** Writes `count` times to random objects through random servers. @returns revisions that were acknowledged, by object */
export async function writer(
  random: Random,
  clients: readonly Client[],
  names: readonly string[],
  count: number,
  pauseMs: number,
): Promise<{ name: string; revision: number }[]> {
  const acknowledged: { name: string; revision: number }[] = [];
  for (let i = 0; i < count; i++) {
    const name = random.pick(names);
    const maps = configMaps(random.pick(clients));
    const labels = { on: random.pick(['yes', 'no']) };
    const body = { metadata: { name, namespace: NAMESPACE, labels }, data: { [random.word()]: random.word(40) } } as AnyObject;
    const patch = { metadata: { labels }, data: { k: random.word(20) } };
    const kind = random.below(10);
    const wait = random.below(2 * pauseMs);
    try {
      // What fails (409, 404, a server that died) may or may not have happened: the store's log tells.
      if (kind < 4) acknowledged.push(revisionOf(await maps.create(body)));
      else if (kind < 7) acknowledged.push(revisionOf(await maps.patch({ name, namespace: NAMESPACE }, patch)));
      else if (kind < 8) acknowledged.push(revisionOf(await maps.update(body)));
      else await maps.delete({ name, namespace: NAMESPACE });
    } catch {}
    await pause(wait);
  }
  return acknowledged;
}

const revisionOf = ({ metadata }: AnyObject) => ({ name: metadata.name!, revision: Number(metadata.resourceVersion) });

export interface Watcher {
  /** Revision of the list that it began with. */
  from: number;
  seen: Seen[];
  selecting: boolean;
  reconnects: number;
  /** Resolves when it has come to the revision, by an event or a bookmark, or after ten seconds. */
  reach(revision: number): Promise<void>;
}

/**
 * Lists once, then watches until `signal` aborts; breaks its connection at random moments and goes on, from the last revision that it
 * knows, at a random server.
 */
export async function startWatcher(random: Random, clients: readonly Client[], signal: AbortSignal): Promise<Watcher> {
  const selecting = random.below(3) === 0;
  const labelSelector = selecting ? SELECTOR : undefined;
  const metadataOnly = random.below(2) === 0;
  const { metadata } = await configMaps(random.pick(clients)).list({ namespace: NAMESPACE, labelSelector });
  let position = Number(metadata.resourceVersion);
  const watcher: Watcher = {
    from: position,
    seen: [],
    selecting,
    reconnects: 0,
    async reach(revision) {
      // Not for ever: the checks say what is missing.
      for (let i = 0; position < revision && i < 200; i++) await pause(50);
    },
  };
  const take = ({ type, object }: { type: string; object: AnyObject }): void => {
    const revision = Number(object.metadata.resourceVersion);
    watcher.seen.push({ type, name: object.metadata.name ?? '', revision });
    position = revision;
  };
  const connection = async (): Promise<void> => {
    const maps = configMaps(random.pick(clients));
    const abort = new AbortController();
    const left = setTimeout(() => abort.abort(), 100 + random.below(1500));
    const options = { namespace: NAMESPACE, labelSelector, metadataOnly, allowWatchBookmarks: true, timeoutSeconds: 3 };
    try {
      const either = AbortSignal.any([signal, abort.signal]);
      for await (const events of maps.watch({ ...options, resourceVersion: String(position), signal: either })) {
        events.forEach(take);
      }
    } catch (error) {
      // 410 would mean that a change can be missed: nothing is compacted here.
      if ((error as { code?: number }).code === 410) throw error;
    } finally {
      clearTimeout(left);
      watcher.reconnects++;
    }
  };
  (async () => {
    while (!signal.aborted) {
      await connection();
      await pause(20);
    }
  })().catch((error) => {
    watcher.seen.push({ type: `ERROR ${error.message}`, name: '', revision: position });
  });
  return watcher;
}

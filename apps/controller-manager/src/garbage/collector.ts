import { isConflict, isNotFound, type ResourceClient } from '@windlass/client';
import { type Runnable, WorkQueue } from '@windlass/controller';
import type { AnyObject, KubeObject, OwnerReference } from '@windlass/meta';
import type { ControllerContext } from '../shared/context.ts';
import {
  blocking,
  FOREGROUND,
  type GraphNode,
  type Identity,
  isForeground,
  isOrphaning,
  ORPHAN,
  OwnerGraph,
  type Work,
} from './graph.ts';
import { Monitors } from './monitors.ts';

const WORKERS = 10;
const ABSENT_CACHE = 10_000;

type OwnerState = 'solid' | 'dangling' | 'waiting';

/**
 * Deletes objects whose owners are all gone, and carries out foreground and orphan deletion.
 * (k8s.io/kubernetes/pkg/controller/garbagecollector; KEP: none, see "Owners and Dependents")
 */
export function garbageCollector(context: ControllerContext): Runnable {
  const { client, logger } = context;
  const graph = new OwnerGraph();
  const checks = new WorkQueue();
  const orphans = new WorkQueue();
  /** Uids that the server was asked for and does not know. Uids never come back. */
  const absent = new Set<string>();
  const recorder = context.recorder('garbage-collector-controller');

  const enqueue = ({ check, orphan }: Work) => {
    for (const uid of check) checks.add(uid);
    for (const uid of orphan) orphans.add(uid);
  };
  const monitors = new Monitors(
    client,
    {
      seen: (object) => {
        const { ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
        enqueue(graph.observe(identityOf(object), ownerReferences, finalizers, !!deletionTimestamp));
      },
      gone: ({ metadata }) => {
        markAbsent(metadata.uid as string);
        enqueue(graph.remove(metadata.uid as string));
      },
    },
    logger,
  );
  const markAbsent = (uid: string) => {
    absent.add(uid);
    if (absent.size > ABSENT_CACHE) absent.delete(absent.values().next().value as string);
  };

  const clientOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): ResourceClient<AnyObject> => {
    const resource = monitors.resourceOf(apiVersion, kind);
    if (!resource) throw new Error(`no resource serves ${apiVersion} ${kind}`);
    return client.resource(resource);
  };

  const ownerState = async (owner: OwnerReference, of: Identity): Promise<OwnerState> => {
    const node = graph.get(owner.uid);
    if (node && !node.virtual) {
      // Owners live in the dependent's namespace or in none; a uid elsewhere is no owner at all. (kubernetes/kubernetes#65200)
      if (node.identity.namespace && node.identity.namespace !== of.namespace) return 'dangling';
      return isForeground(node) ? 'waiting' : 'solid';
    }
    if (absent.has(owner.uid)) return 'dangling';
    const owners = clientOf(owner);
    if (owners.ref.namespaced && !of.namespace) throw new ScopeError();
    try {
      const live = await owners.get({ name: owner.name, namespace: owners.ref.namespaced ? of.namespace : undefined });
      if (live.metadata.uid === owner.uid) {
        return live.metadata.deletionTimestamp && live.metadata.finalizers?.includes(FOREGROUND) ? 'waiting' : 'solid';
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    markAbsent(owner.uid);
    return 'dangling';
  };

  /** Deletes the object, keeps it, or takes references to vanished owners off it. */
  const checkNode = async (uid: string): Promise<void> => {
    const node = graph.get(uid);
    if (!node || node.virtual) return;
    if (isForeground(node)) return continueForeground(node);
    if (node.deleting || node.owners.length === 0) return;
    const objects = clientOf(node.identity);
    const live = await objects.get(node.identity).catch(ignoreNotFound);
    if (!live || live.metadata.uid !== uid) return;
    const owners = live.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const states = await Promise.all(owners.map((owner) => ownerState(owner, node.identity)));
    const of = (state: OwnerState) => owners.filter((_, i) => states[i] === state);
    const [solid, dangling, waiting] = [of('solid'), of('dangling'), of('waiting')];
    if (solid.length > 0) {
      if (dangling.length + waiting.length > 0) await dropOwners(objects, live, [...dangling, ...waiting]);
      return;
    }
    const foregroundNow = waiting.length > 0 && node.dependents.size > 0;
    // A cycle of foreground deletions would wait for itself.
    if (foregroundNow && [...node.dependents].some(isForeground)) await unblockOwners(objects, live);
    const finalizers = live.metadata.finalizers ?? [];
    const inherited = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
    const { resourceVersion } = live.metadata;
    await objects
      .delete(node.identity, {
        propagationPolicy: foregroundNow ? 'Foreground' : inherited,
        preconditions: foregroundNow ? { uid } : { uid, resourceVersion },
      })
      .catch(ignoreNotFound);
  };

  const continueForeground = async (node: GraphNode): Promise<void> => {
    const waitFor = blocking(node);
    if (waitFor.length === 0) return removeFinalizer(node, FOREGROUND);
    for (const dependent of waitFor) if (!isForeground(dependent)) checks.add(dependent.identity.uid);
  };

  const orphanDependents = async (uid: string): Promise<void> => {
    const node = graph.get(uid);
    if (!node || !isOrphaning(node)) return;
    await Promise.all(
      [...node.dependents].map(async ({ identity }) => {
        const metadata = { uid: identity.uid, ownerReferences: [{ $patch: 'delete', uid }] };
        await patchOwners(clientOf(identity), identity, metadata, (owner) => owner.uid !== uid).catch(ignoreNotFound);
      }),
    );
    await removeFinalizer(node, ORPHAN);
  };

  const removeFinalizer = async ({ identity }: GraphNode, finalizer: string): Promise<void> => {
    const objects = clientOf(identity);
    const live = await objects.get(identity).catch(ignoreNotFound);
    if (!live?.metadata.finalizers?.includes(finalizer) || live.metadata.uid !== identity.uid) return;
    const finalizers = live.metadata.finalizers.filter((f) => f !== finalizer);
    await objects
      .patch(identity, { metadata: { resourceVersion: live.metadata.resourceVersion, finalizers } })
      .catch(ignoreNotFound);
  };

  const work = async (queue: WorkQueue, handle: (uid: string) => Promise<void>, signal: AbortSignal) => {
    for (let uid = await queue.next(); uid !== undefined; uid = await queue.next()) {
      try {
        await handle(uid);
        queue.forget(uid);
      } catch (error) {
        if (error instanceof ScopeError) reportScope(uid);
        else if (!signal.aborted) {
          logger[isConflict(error) ? 'debug' : 'warn'](
            { err: error, object: graph.get(uid)?.identity },
            'garbage collection failed',
          );
          queue.addRateLimited(uid);
        }
      } finally {
        queue.done(uid);
      }
    }
  };
  const reportScope = (uid: string) => {
    const node = graph.get(uid);
    if (!node) return;
    for (const { kind, name, apiVersion, uid: owner } of node.owners) {
      const text = `[${apiVersion}/${kind}, namespace: ${node.identity.namespace ?? ''}, name: ${name}, uid: ${owner}]`;
      const where = JSON.stringify(node.identity.namespace ?? '');
      recorder.event(
        node.identity,
        'Warning',
        'OwnerRefInvalidNamespace',
        `ownerRef ${text} does not exist in namespace ${where}`,
      );
    }
  };

  return {
    name: 'garbagecollector',
    async run(signal) {
      await retry(() => monitors.refresh(signal), signal);
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const refreshing = monitors.run(signal);
      // Before all is listed, an owner that was not seen yet would look absent.
      await Promise.race([monitors.synced(), aborted]);
      const workers = Array.from({ length: WORKERS }, () => [
        work(checks, checkNode, signal),
        work(orphans, orphanDependents, signal),
      ]);
      await aborted;
      checks.close();
      orphans.close();
      await Promise.all([refreshing, ...workers.flat()]);
    },
  };
}

/** A cluster-scoped object names a namespaced owner: never valid, and never a reason to delete. */
class ScopeError extends Error {}

const identityOf = ({ apiVersion = '', kind = '', metadata }: KubeObject): Identity => {
  const { name = '', namespace, uid = '' } = metadata;
  return { apiVersion, kind, name, namespace, uid };
};

function ignoreNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

async function retry(call: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let wait = 500; !signal.aborted; wait = Math.min(2 * wait, 15_000)) {
    try {
      return await call();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

async function dropOwners(objects: ResourceClient<AnyObject>, live: AnyObject, gone: readonly OwnerReference[]): Promise<void> {
  const uids = new Set(gone.map((owner) => owner.uid));
  const ownerReferences = gone.map(({ uid }) => ({ $patch: 'delete', uid }));
  const metadata = { uid: live.metadata.uid, ownerReferences };
  await patchOwners(objects, live.metadata, metadata, (owner) => !uids.has(owner.uid)).catch(ignoreNotFound);
}

/** Strategic merge where the kind has it; custom resources take a JSON merge patch of the whole list under its revision. */
async function patchOwners(
  objects: ResourceClient<AnyObject>,
  name: { name?: string; namespace?: string },
  metadata: object,
  keep: (owner: OwnerReference) => boolean,
): Promise<void> {
  try {
    await objects.patch(name, { metadata }, { type: 'strategic' });
  } catch (error) {
    if ((error as { status?: { code?: number } }).status?.code !== 415) throw error;
    const live = await objects.get(name);
    const { resourceVersion, ownerReferences = [] } = live.metadata;
    await objects.patch(name, { metadata: { resourceVersion, ownerReferences: ownerReferences.filter(keep) } });
  }
}

async function unblockOwners(objects: ResourceClient<AnyObject>, { metadata }: AnyObject): Promise<void> {
  const ownerReferences = metadata.ownerReferences?.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
  await objects.patch(metadata, { metadata: { resourceVersion: metadata.resourceVersion, ownerReferences } });
}

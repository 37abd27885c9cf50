import type { Handler, Informer } from '@windlass/client';
import { isConflict, keyOf } from '@windlass/client';
import type { KubeObject } from '@windlass/meta';
import { counter, type Logger, secondsHistogram, traced } from '@windlass/platform';
import { WorkQueue, type WorkQueueOptions } from './work-queue.ts';

const reconciles = counter('controller_runtime_reconcile_total', 'Reconciles by controller and result');
const reconcileTime = secondsHistogram('controller_runtime_reconcile_time_seconds', 'Time of a reconcile by controller');

/** Brings one object to its desired state. A throw means another try after the key's back-off. */
// biome-ignore lint/suspicious/noConfusingVoidType: a reconciler that returns nothing is the common case
export type Reconciler = (key: string, signal: AbortSignal) => Promise<{ requeueAfterMs?: number } | void>;

/** Keys to reconcile for a change; `old` is set for updates, `deleted` for deletions. */
export type KeyMapper<T> = (object: T, change: { old?: T; deleted?: boolean }) => readonly (string | undefined)[];

/** Connects an informer to a queue. */
export interface Watch {
  informer: { synced(): Promise<void> };
  connect(queue: WorkQueue): () => void;
}

/** Watches the objects that are reconciled themselves (For), or with `keys` others that lead to them. `before` runs before keys are queued. */
export function watch<T extends KubeObject>(
  informer: Informer<T>,
  keys: KeyMapper<T> = (object) => [keyOf(object)],
  before: Handler<T> = {},
): Watch {
  return {
    informer,
    connect: (queue) => {
      const enqueue = (found: readonly (string | undefined)[]) => {
        for (const key of found) if (key !== undefined) queue.add(key);
      };
      return informer.addHandler({
        add: (object, initial) => {
          before.add?.(object, initial);
          enqueue(keys(object, {}));
        },
        update: (old, object) => {
          before.update?.(old, object);
          enqueue(keys(object, { old }));
        },
        delete: (object) => {
          before.delete?.(object);
          enqueue(keys(object, { deleted: true }));
        },
      });
    },
  };
}

/** Watches dependents: a change queues their controller of `kind` (Owns), also the former one when it changed. */
export function owns<T extends KubeObject>(informer: Informer<T>, kind: string, before?: Handler<T>): Watch {
  return watch(informer, (object, { old }) => [controllerKey(object, kind), old && controllerKey(old, kind)], before);
}

/** Queue key of the controlling owner when it is of `kind`. */
export function controllerKey({ metadata }: KubeObject, kind: string): string | undefined {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner?.kind !== kind) return undefined;
  return metadata.namespace ? `${metadata.namespace}/${owner.name}` : owner.name;
}

export interface ControllerOptions {
  name: string;
  /** Keys worked on at the same time. Default 5. */
  workers?: number;
  watches: readonly Watch[];
  reconcile: Reconciler;
  logger?: Logger;
  queue?: WorkQueueOptions;
}

export interface Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  /** Waits for the caches, then works until `signal` aborts. Resolves when the last reconcile has ended. */
  run(signal: AbortSignal): Promise<void>;
}

/** A level-triggered controller: events only name keys, the reconciler looks at the caches. */
export function controller(options: ControllerOptions): Controller {
  const { name, watches, reconcile, logger } = options;
  const queue = new WorkQueue(options.queue);

  const work = async (signal: AbortSignal) => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      const startedAt = performance.now();
      let outcome = 'success';
      try {
        const result = await traced(`reconcile ${name}`, { key }, () => reconcile(key, signal));
        queue.forget(key);
        if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
      } catch (error) {
        outcome = 'error';
        if (!signal.aborted) {
          logger?.[isConflict(error) ? 'debug' : 'warn']({ controller: name, key, err: error }, 'reconcile failed');
          queue.addRateLimited(key);
        }
      } finally {
        reconciles(1, { controller: name, result: outcome });
        reconcileTime((performance.now() - startedAt) / 1000, { controller: name });
        queue.done(key);
      }
    }
  };

  return {
    name,
    queue,
    async run(signal) {
      if (signal.aborted) return;
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const disconnect = watches.map((w) => w.connect(queue));
      try {
        await Promise.race([Promise.all(watches.map((w) => w.informer.synced())), aborted]);
        const workers = Array.from({ length: options.workers ?? 5 }, () => (signal.aborted ? undefined : work(signal)));
        await aborted;
        queue.close();
        await Promise.all(workers);
      } finally {
        for (const off of disconnect) off();
        queue.close();
      }
    },
  };
}

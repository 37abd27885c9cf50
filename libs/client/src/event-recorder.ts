import type { KubeObject } from '@windlass/meta';
import type { Client } from './client.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound, NetworkError } from './errors.ts';
import { EventCorrelator } from './event-correlator.ts';
import type { ResourceClient } from './resource-client.ts';

export interface EventReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  fieldPath?: string;
}

/** The fields of a core/v1 Event that a recorder writes. */
interface EventObject extends KubeObject {
  involvedObject: EventReference;
  reason: string;
  message: string;
  type: 'Normal' | 'Warning';
  source: { component: string; host?: string };
  reportingComponent: string;
  reportingInstance: string;
  firstTimestamp: string;
  lastTimestamp: string;
  count: number;
}

export interface EventRecorder {
  /** Records without waiting. `object` must carry apiVersion and kind (informers with a `kind` in their ref fill them in). */
  event(object: KubeObject | EventReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Resolves when what was recorded so far is written or given up. */
  flush(): Promise<void>;
}

export const EVENTS = { group: '', version: 'v1', resource: 'events', namespaced: true, kind: 'Event' } as const;
const MAX_PENDING = 1000;

/** Reference to an object as Events and targetRefs carry it. */
export function referenceTo(object: KubeObject, fieldPath?: string): EventReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const reference: EventReference = { kind: object.kind, namespace, name, uid, apiVersion: object.apiVersion, resourceVersion };
  return fieldPath ? { ...reference, fieldPath } : reference;
}

/** Writes core/v1 Events beside the involved object (`default` for cluster-scoped ones), in order, correlated as client-go does. */
export function createEventRecorder(
  client: Client,
  source: { component: string; host?: string },
  options: { onError?: (error: unknown) => void; now?: () => Date } = {},
): EventRecorder {
  const events = client.resource<EventObject>(EVENTS);
  const correlator = new EventCorrelator();
  const now = options.now ?? (() => new Date());
  let pending = 0;
  let tail: Promise<void> = Promise.resolve();

  return {
    event(object, type, reason, message) {
      if (pending >= MAX_PENDING) return;
      pending++;
      const reference = 'metadata' in object ? referenceTo(object as KubeObject) : object;
      const at = now();
      tail = tail
        .then(() => write(events, correlator, { reference, type, reason, message, at, source }))
        .catch((error) => options.onError?.(error))
        .finally(() => pending--);
    },
    flush: () => tail,
  };
}

interface Recorded {
  reference: EventReference;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  at: Date;
  source: { component: string; host?: string };
}

async function write(events: ResourceClient<EventObject>, correlator: EventCorrelator, record: Recorded): Promise<void> {
  const { reference, type, reason, source, at } = record;
  const namespace = reference.namespace || 'default';
  const identity = JSON.stringify([source.component, source.host, { ...reference, resourceVersion: undefined }]);
  const verdict = correlator.decide(
    { source: identity, group: `${identity}${type} ${reason}`, message: record.message },
    at.getTime(),
  );
  if (verdict.action === 'drop') return;
  const time = `${at.toISOString().slice(0, 19)}Z`;
  if (verdict.action === 'count') {
    const patch = { count: verdict.count, lastTimestamp: time, message: verdict.message };
    try {
      await events.patch({ namespace, name: verdict.name }, patch, { type: 'strategic' });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      correlator.forget(verdict.key);
    }
  }
  const name = `${reference.name}.${(BigInt(at.getTime()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16)}`;
  const event: EventObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: reference,
    reason,
    message: verdict.message,
    type,
    source,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  await createWithRetry(events, event);
  correlator.created(verdict.key, name);
}

/** Events are told at least through a short absence of the server; a namespace that goes away takes its events with it. */
async function createWithRetry(events: ResourceClient<EventObject>, event: EventObject): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await events.create(event);
      return;
    } catch (error) {
      if (isNamespaceTerminating(error) || isAlreadyExists(error)) return;
      if (!(error instanceof NetworkError) || attempt >= 6) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

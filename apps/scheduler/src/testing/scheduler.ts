import { type Client, createEventRecorder, InformerFactory, type ResourceClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import { createLogger } from '@windlass/platform';
import type { Event, Pod } from '@windlass/resources';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { NODES, PODS } from '../resources.ts';
import { Scheduler } from '../scheduler.ts';

const EVENTS = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true } as const;
const ACCOUNTS = { group: '', version: 'v1', resource: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true } as const;

/** A real API server and a scheduler without queue, with the rights of system:kube-scheduler. Nodes are objects only: nothing runs. */
export interface TestScheduler {
  server: TestApiServer;
  admin: Client;
  pods: ResourceClient<Pod>;
  node(name: string, allocatable?: object, labels?: object): Promise<void>;
  pod(name: string, spec?: object, metadata?: object): Promise<Pod>;
  get(name: string): Promise<Pod>;
  /** `reason message` of a pod's events. */
  events(name: string): Promise<string[]>;
  /** Ends the scheduler as it is and starts another one. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function start(client: Client): Promise<{ stop(): void }> {
  const abort = new AbortController();
  const informers = new InformerFactory(client);
  const scheduler = new Scheduler({
    client,
    informers,
    events: createEventRecorder(client, { component: 'default-scheduler' }),
    schedulerName: 'default-scheduler',
    logger: createLogger('scheduler', process.env.WINDLASS_TEST_LOG ?? 'silent'),
    offer: (uids) => void scheduler.handleWave(uids),
  });
  informers.start(abort.signal);
  await informers.synced();
  return {
    stop() {
      scheduler.stop();
      abort.abort();
    },
  };
}

export async function startTestScheduler(): Promise<TestScheduler> {
  const server = await startTestApiServer();
  const { admin } = server;
  await admin.resource(ACCOUNTS).create({ metadata: { name: 'default', namespace: 'default' } } as AnyObject);
  const client = await server.clientOf('system:kube-scheduler');
  let running = await start(client);
  const pods = admin.resource<Pod>(PODS);
  return {
    server,
    admin,
    pods,
    async node(name, allocatable = { cpu: '1', memory: '1Gi', pods: '10' }, labels = {}) {
      const nodes = admin.resource(NODES);
      await nodes.create({ metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } } } as AnyObject);
      await nodes.patch({ name }, { status: { allocatable, capacity: allocatable } }, { subresource: 'status' });
      await nodes.patch({ name }, { spec: { taints: null } });
    },
    pod: (name, spec = {}, metadata = {}) =>
      pods.create({
        metadata: { name, namespace: 'default', ...metadata },
        spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
      } as Pod),
    get: (name) => pods.get({ namespace: 'default', name }),
    async events(name) {
      const { items } = await admin.resource<Event & AnyObject>(EVENTS).list({ namespace: 'default' });
      return items
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ reason, message }) => `${reason} ${message}`);
    },
    async restart() {
      running.stop();
      running = await start(client);
    },
    async stop() {
      running.stop();
      client.close();
      await server.stop();
      await stopDatabases();
    },
  };
}

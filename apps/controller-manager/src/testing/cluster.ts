import path from 'node:path';
import type { ResourceClient } from '@windlass/client';
import type { AnyObject } from '@windlass/meta';
import type { Event, Pod } from '@windlass/resources';
import { eventually, startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';
import { refs } from '../shared/refs.ts';
import { type ControllerManagerConfig, startControllerManager } from '../start.ts';
import { type FakeKubelet, type FakeKubeletOptions, startFakeKubelet } from './fake-kubelet.ts';

type Resource = keyof typeof refs;

/** A real API server, real controllers and simulated kubelets. */
export interface TestControllers {
  server: TestApiServer;
  kubelet: FakeKubelet;
  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers freely
  of<T extends AnyObject = any>(resource: Resource): ResourceClient<T>;
  /** Makes a namespace of its own for a spec. @returns its name */
  namespace(prefix: string): Promise<string>;
  /** Makes a node that pods may run on. */
  node(name: string, labels?: Record<string, string>): Promise<void>;
  pods(namespace: string): Promise<Pod[]>;
  /** `reason message` of the events of an object, oldest first. */
  events(namespace: string, name: string): Promise<string[]>;
  stop(): Promise<void>;
}

export interface TestControllersOptions {
  controllers: string[];
  kubelet?: FakeKubeletOptions;
  config?: Partial<ControllerManagerConfig>;
  server?: Parameters<typeof startTestApiServer>[0];
}

export async function startTestControllers({
  controllers,
  kubelet,
  config,
  server: overrides,
}: TestControllersOptions): Promise<TestControllers> {
  const server = await startTestApiServer(overrides);
  const { createLogger } = await import('@windlass/platform');
  const manager = await startControllerManager(
    {
      kubeconfig: await server.kubeconfig('system:kube-controller-manager', []),
      pkiDir: path.join(server.directory, 'pki'),
      leaderElect: false,
      controllers: ['serviceaccount', ...controllers],
      ...config,
    },
    createLogger('controller-manager', process.env.WINDLASS_TEST_LOG ?? 'silent'),
  );
  const fake = startFakeKubelet(server.admin, kubelet);
  const of = <T extends AnyObject>(resource: Resource) => server.admin.resource<T>(refs[resource]);
  let count = 0;
  return {
    server,
    kubelet: fake,
    of,
    async namespace(prefix) {
      const name = `${prefix}-${++count}`;
      await of('namespaces').create({ metadata: { name } } as AnyObject);
      // Pods need the account that the controller makes.
      await eventually(() => of('serviceAccounts').get({ namespace: name, name: 'default' }));
      return name;
    },
    async node(name, labels) {
      await of('nodes').create({ metadata: { name, labels } } as AnyObject);
      // Admission taints new nodes until their kubelet is ready.
      await of('nodes').patch({ name }, { spec: { taints: null } });
    },
    pods: async (namespace) => (await of<Pod & AnyObject>('pods').list({ namespace })).items,
    async events(namespace, name) {
      const { items } = await of<Event & AnyObject>('events').list({ namespace });
      const about = items.filter(({ involvedObject }) => involvedObject.name === name);
      return about.map(({ reason, message }) => `${reason} ${message}`);
    },
    async stop() {
      fake.stop();
      await manager.stop();
      await server.stop();
      await stopDatabases();
    },
  };
}

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './lib/eventually.ts';
import { fixture } from './lib/fixture.ts';
import { dropNamespace, getJson, kubectl, makeNamespace } from './lib/kubectl.ts';

let ns: string;
beforeAll(async () => {
  ns = await makeNamespace('volumes');
});
afterAll(() => dropNamespace(ns));

const apply = (yaml: string) => kubectl(['-n', ns, 'apply', '-f', '-'], yaml);
const claimOf = (name: string) => getJson(['-n', ns, 'get', 'pvc', name]);
const gone = (name: string) => eventually(async () => (await kubectl(['-n', ns, 'get', name, '--ignore-not-found'])) === '', 60);

/** Directories of a volume on all nodes of this machine. */
const directories = (volume: string): string[] =>
  readdirSync(fixture().stateDir, { recursive: true, withFileTypes: false })
    .map(String)
    .filter((file) => path.basename(file) === volume && file.includes('local-volumes'))
    .map((file) => path.join(fixture().stateDir, file));

const statefulSet = (replicas: number, policy: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: ${replicas}
  selector: { matchLabels: { app: db } }
  persistentVolumeClaimRetentionPolicy: ${policy}
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: c
          image: windlass.dev/busybox:1
          command: ["sh", "-c", "echo $(hostname) started >> /data/log; while :; do sleep 0.2; done"]
          volumeMounts: [{ name: data, mountPath: /data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Mi } } }
`;
const running = (name: string, uid?: string) =>
  eventually(async () => {
    const pod = await getJson(['-n', ns, 'get', 'pod', name]);
    return pod.metadata.uid !== uid && pod.status.phase === 'Running' && pod;
  }, 60);
const log = (pod: string) => kubectl(['-n', ns, 'exec', pod, '--', 'cat', '/data/log']);

test('a StatefulSet keeps its data: over the death of a pod, over scaling; and loses it as its policy says', async () => {
  await apply(statefulSet(2, '{ whenDeleted: Delete, whenScaled: Retain }'));
  const first = await running('db-0');
  await running('db-1');
  const claim = await claimOf('data-db-0');
  expect(claim).toMatchObject({ spec: { storageClassName: 'local' }, status: { phase: 'Bound', capacity: { storage: '10Mi' } } });
  expect(await kubectl(['get', 'storageclass', 'local'])).toMatch(
    /local \(default\) +windlass.dev\/local +Delete +WaitForFirstConsumer +true/,
  );

  await kubectl(['-n', ns, 'delete', 'pod', 'db-0']);
  const second = await running('db-0', first.metadata.uid);
  expect(second.spec.nodeName).toBe(first.spec.nodeName);
  expect(await log('db-0')).toBe('db-0 started\ndb-0 started\n');

  const kept = (await claimOf('data-db-1')).spec.volumeName;
  await apply(statefulSet(1, '{ whenDeleted: Delete, whenScaled: Retain }'));
  await gone('pod/db-1');
  expect((await claimOf('data-db-1')).spec.volumeName).toBe(kept);
  await apply(statefulSet(2, '{ whenDeleted: Delete, whenScaled: Delete }'));
  await running('db-1');
  expect(await log('db-1')).toBe('db-1 started\ndb-1 started\n');
  expect(directories(kept)).toHaveLength(1);
  await apply(statefulSet(1, '{ whenDeleted: Delete, whenScaled: Delete }'));
  await gone('pvc/data-db-1');
  await eventually(async () => (await kubectl(['get', 'pv', kept, '--ignore-not-found'])) === '', 60);
  expect(directories(kept)).toEqual([]);

  const last = claim.spec.volumeName;
  const [directory] = directories(last);
  expect(existsSync(directory!)).toBe(true);
  await kubectl(['-n', ns, 'delete', 'statefulset', 'db']);
  await gone('pvc/data-db-0');
  await eventually(async () => (await kubectl(['get', 'pv', last, '--ignore-not-found'])) === '', 60);
  expect(existsSync(directory!)).toBe(false);
});

test('a claim in use cannot go, grows, and an ephemeral volume goes with its pod', async () => {
  await apply(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: own }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: user }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: c
      image: windlass.dev/busybox:1
      command: ["sh", "-c", "echo here > /own/f; echo there > /scratch/f; while :; do sleep 0.2; done"]
      volumeMounts: [{ name: own, mountPath: /own }, { name: scratch, mountPath: /scratch }]
  volumes:
    - name: own
      persistentVolumeClaim: { claimName: own }
    - name: scratch
      ephemeral:
        volumeClaimTemplate:
          spec: { accessModes: [ReadWriteOncePod], resources: { requests: { storage: 1Mi } } }
`);
  await running('user');
  expect(await kubectl(['-n', ns, 'exec', 'user', '--', 'cat', '/own/f', '/scratch/f'])).toBe('here\nthere\n');
  await kubectl(['-n', ns, 'patch', 'pvc', 'own', '-p', '{"spec":{"resources":{"requests":{"storage":"5Mi"}}}}']);
  await kubectl(['-n', ns, 'wait', '--for=jsonpath={.status.capacity.storage}=5Mi', 'pvc/own', '--timeout=30s']);
  const scratch = (await claimOf('user-scratch')).spec.volumeName;
  await kubectl(['-n', ns, 'delete', 'pvc', 'own', '--wait=false']);
  expect((await claimOf('own')).metadata.deletionTimestamp).toBeDefined();
  expect(await kubectl(['-n', ns, 'get', 'pvc', 'own'])).toContain('Terminating');
  await kubectl(['-n', ns, 'delete', 'pod', 'user']);
  await gone('pvc/own');
  await gone('pvc/user-scratch');
  await eventually(async () => (await kubectl(['get', 'pv', scratch, '--ignore-not-found'])) === '', 60);
  expect(directories(scratch)).toEqual([]);
});

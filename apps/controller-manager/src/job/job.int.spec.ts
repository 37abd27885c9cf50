import type { Job, Pod } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';
import { INDEX } from './indexes.ts';

/** What a pod's label `does` makes of it: an exit code, per-index lists of failing indexes, or nothing (it goes on). */
const exits = new Map<string, (pod: Pod) => number | undefined>();
let cluster: TestControllers;

beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['job', 'job-orphans', 'ttl-after-finished', 'garbagecollector'],
    kubelet: { exit: (pod) => exits.get(pod.metadata.labels?.does ?? '')?.(pod) },
  });
}, 60_000);
afterAll(() => cluster?.stop());

const indexOfPod = (pod: Pod) => Number(pod.metadata.annotations?.[INDEX]);
exits.set('succeed', () => 0);
exits.set('fail', () => 1);
exits.set('fail-42', () => 42);
exits.set('odd-fail', (pod) => indexOfPod(pod) % 2);
exits.set('first-succeeds', (pod) => (indexOfPod(pod) === 0 ? 0 : undefined));

async function run(does: string, spec: Partial<Job['spec']>): Promise<{ namespace: string; job: () => Promise<Job> }> {
  const namespace = await cluster.namespace('job');
  await cluster.of('jobs').create({
    metadata: { name: 'work', namespace },
    spec: {
      manualSelector: true,
      selector: { matchLabels: { run: namespace } },
      ...spec,
      template: {
        metadata: { labels: { does, run: namespace } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
      },
    },
  });
  return { namespace, job: () => cluster.of('jobs').get({ namespace, name: 'work' }) };
}
const finishes = (job: () => Promise<Job>, type: 'Complete' | 'Failed') =>
  eventually(async () => {
    const found = await job();
    expect(found.status?.conditions).toContainEqual(expect.objectContaining({ type, status: 'True' }));
    return found;
  });
const condition = (job: Job, type: string) => job.status?.conditions?.find((c) => c.type === type);

test('a parallel job runs to its completions, counts each pod once and leaves no finalizer', async () => {
  const { namespace, job } = await run('succeed', { completions: 5, parallelism: 2 });
  const done = await finishes(job, 'Complete');
  expect(done.status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(done.status?.active).toBeUndefined();
  expect(done.status?.completionTime).toBeDefined();
  expect(condition(done, 'SuccessCriteriaMet')).toMatchObject({ reason: 'CompletionsReached' });
  const pods = await cluster.pods(namespace);
  expect(pods).toHaveLength(5);
  for (const pod of pods) expect(pod.metadata.finalizers ?? []).toEqual([]);
  await eventually(async () => expect(await cluster.events(namespace, 'work')).toContain('Completed Job completed'));
});

test('an indexed job gives each pod its index, name, host name and variable', async () => {
  const { namespace, job } = await run('succeed', { completions: 3, parallelism: 3, completionMode: 'Indexed' });
  expect((await finishes(job, 'Complete')).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 });
  const pods = (await cluster.pods(namespace)).sort((a, b) => indexOfPod(a) - indexOfPod(b));
  expect(pods.map(indexOfPod)).toEqual([0, 1, 2]);
  for (const [i, pod] of pods.entries()) {
    expect(pod.metadata.name).toMatch(new RegExp(`^work-${i}-[a-z0-9]{5}$`));
    expect(pod.spec.hostname).toBe(`work-${i}`);
    expect(pod.metadata.labels?.[INDEX]).toBe(String(i));
    expect(pod.spec.containers[0]?.env?.map(({ name }) => name)).toContain('JOB_COMPLETION_INDEX');
  }
});

test('a job fails at its back-off limit', async () => {
  const { namespace, job } = await run('fail', { backoffLimit: 0, completions: 2, parallelism: 1 });
  const failed = await finishes(job, 'Failed');
  expect(condition(failed, 'Failed')).toMatchObject({
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  });
  expect(failed.status).toMatchObject({ failed: 1 });
  await eventually(async () =>
    expect(await cluster.events(namespace, 'work')).toContain('BackoffLimitExceeded Job has reached the specified backoff limit'),
  );
});

test('a failure policy fails the job at once', async () => {
  const rules = [{ action: 'FailJob' as const, onExitCodes: { operator: 'In' as const, values: [42] } }];
  const { namespace, job } = await run('fail-42', { backoffLimit: 6, podFailurePolicy: { rules } });
  const failed = await finishes(job, 'Failed');
  const [pod] = await cluster.pods(namespace);
  expect(condition(failed, 'FailureTarget')?.reason).toBe('PodFailurePolicy');
  expect(condition(failed, 'Failed')).toMatchObject({
    reason: 'PodFailurePolicy',
    message: `Container c for pod ${namespace}/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
  });
});

test('indexes fail for themselves, by limit and by policy', async () => {
  const indexed = { completions: 4, parallelism: 4, completionMode: 'Indexed' as const, backoffLimitPerIndex: 0 };
  const { job } = await run('odd-fail', indexed);
  const failed = await finishes(job, 'Failed');
  expect(failed.status).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1,3', succeeded: 2, failed: 2 });
  expect(condition(failed, 'Failed')?.reason).toBe('FailedIndexes');
  const rules = [{ action: 'FailIndex' as const, onExitCodes: { operator: 'In' as const, values: [1] } }];
  const again = await run('odd-fail', { ...indexed, backoffLimitPerIndex: 3, podFailurePolicy: { rules } });
  expect((await finishes(again.job, 'Failed')).status).toMatchObject({ failedIndexes: '1,3', failed: 2 });
});

test('more failed indexes than allowed end the job', async () => {
  const { job } = await run('fail', {
    completions: 10,
    parallelism: 2,
    completionMode: 'Indexed',
    backoffLimitPerIndex: 0,
    maxFailedIndexes: 2,
  });
  expect(condition(await finishes(job, 'Failed'), 'Failed')).toMatchObject({
    reason: 'MaxFailedIndexesExceeded',
    message: 'Job has exceeded the specified maximal number of failed indexes',
  });
});

test('a success policy ends a job whose other indexes still run', async () => {
  const successPolicy = { rules: [{ succeededIndexes: '0' }] };
  const { job } = await run('first-succeeds', { completions: 3, parallelism: 3, completionMode: 'Indexed', successPolicy });
  const done = await finishes(job, 'Complete');
  expect(condition(done, 'SuccessCriteriaMet')).toMatchObject({
    reason: 'SuccessPolicy',
    message: 'Matched rules at index 0',
  });
  expect(done.status).toMatchObject({ succeeded: 1, completedIndexes: '0' });
});

test('a suspended job has no pods; resumed, it starts anew', async () => {
  const { namespace, job } = await run('nothing', { parallelism: 2, completions: 2, suspend: true });
  await eventually(async () => expect(condition(await job(), 'Suspended')?.status).toBe('True'));
  expect((await job()).status?.startTime).toBeUndefined();
  const suspend = (value: boolean) => cluster.of('jobs').patch({ namespace, name: 'work' }, { spec: { suspend: value } });
  await suspend(false);
  await eventually(async () => expect((await job()).status).toMatchObject({ active: 2, ready: 2 }));
  expect(condition(await job(), 'Suspended')).toMatchObject({ status: 'False', reason: 'JobResumed' });
  await suspend(true);
  await eventually(async () => expect(await cluster.pods(namespace)).toEqual([]));
  expect((await job()).status?.failed ?? 0).toBe(0);
  await eventually(async () =>
    expect(await cluster.events(namespace, 'work')).toEqual(
      expect.arrayContaining(['Suspended Job suspended', 'Resumed Job resumed']),
    ),
  );
});

test('a deadline ends an active job', async () => {
  const { job } = await run('nothing', { activeDeadlineSeconds: 1 });
  expect(condition(await finishes(job, 'Failed'), 'Failed')).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Job was active longer than specified deadline',
  });
});

test('an orphaned pod is adopted again, a relabelled one is released', async () => {
  const { namespace, job } = await run('nothing', { parallelism: 2 });
  const two = await eventually(async () => {
    const pods = await cluster.pods(namespace);
    expect(pods).toHaveLength(2);
    return pods;
  });
  const name = two[0]?.metadata.name as string;
  await cluster.of('pods').patch({ namespace, name }, { metadata: { ownerReferences: null } });
  const uid = (await job()).metadata.uid;
  await eventually(async () => {
    const pod = await cluster.of<Pod & { apiVersion: string; kind: string }>('pods').get({ namespace, name });
    expect(pod.metadata.ownerReferences?.[0]?.uid).toBe(uid);
    expect(pod.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
  });
  await cluster.of('pods').patch({ namespace, name }, { metadata: { labels: null } });
  await eventually(async () => {
    expect((await cluster.of('pods').get({ namespace, name })).metadata.ownerReferences ?? []).toEqual([]);
    expect(await cluster.pods(namespace)).toHaveLength(3);
  });
});

test('a job that is managed elsewhere is left alone', async () => {
  const { namespace, job } = await run('nothing', { managedBy: 'example.com/other' });
  const other = await run('nothing', {});
  await eventually(async () => expect(await cluster.pods(other.namespace)).toHaveLength(1));
  expect(await cluster.pods(namespace)).toEqual([]);
  expect((await job()).status ?? {}).toEqual({});
});

test('a finished job goes after its time, with its pods', async () => {
  const { namespace, job } = await run('succeed', { ttlSecondsAfterFinished: 1 });
  const kept = await run('succeed', { ttlSecondsAfterFinished: 3600 });
  await finishes(job, 'Complete').catch(() => undefined);
  await finishes(kept.job, 'Complete');
  await eventually(() => expect(job()).rejects.toMatchObject({ status: { reason: 'NotFound' } }), 10);
  expect(await cluster.pods(namespace)).toEqual([]);
  expect((await kept.job()).metadata.deletionTimestamp).toBeUndefined();
  expect(await cluster.pods(kept.namespace)).toHaveLength(1);
});

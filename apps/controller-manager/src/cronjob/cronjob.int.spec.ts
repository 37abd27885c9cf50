import type { CronJob, CronJobSpec, Job } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';

let cluster: TestControllers;
beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['cronjob', 'job', 'garbagecollector'],
    kubelet: { exit: (pod) => (pod.metadata.labels?.does === 'succeed' ? 0 : undefined) },
  });
}, 60_000);
afterAll(() => cluster?.stop());

async function create(spec: Partial<CronJobSpec>, does = 'run') {
  const namespace = await cluster.namespace('cron');
  const name = { namespace, name: 'c' };
  const template = { metadata: { labels: { does } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  await cluster
    .of('cronJobs')
    .create({ metadata: name, spec: { schedule: '@every 1s', ...spec, jobTemplate: { spec: { template } } } });
  return {
    namespace,
    get: async () => (await cluster.of('cronJobs').get(name)) as CronJob,
    patch: (patch: unknown) => cluster.of('cronJobs').patch(name, patch),
    jobs: async () => (await cluster.of('jobs').list({ namespace })).items as Job[],
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 2500));

test('jobs are made at their times, tidied up, and told in the status', async () => {
  // Jobs of one minute share a name: every second finds the same one.
  const cron = await create({}, 'succeed');
  await eventually(async () => expect((await cron.get()).status?.lastSuccessfulTime).toBeDefined(), 15);
  const { status } = await cron.get();
  expect(status?.lastScheduleTime).toBeDefined();
  expect((await cron.jobs()).length).toBeGreaterThan(0);
  await eventually(async () => {
    const events = (await cluster.events(cron.namespace, 'c')).join('\n');
    expect(events).toMatch(/SuccessfulCreate Created job c-\d+/);
    expect(events).toMatch(/SawCompletedJob Saw completed job: c-\d+, condition: Complete/);
  });
  await cron.patch({ spec: { successfulJobsHistoryLimit: 0 } });
  await eventually(async () => expect(await cron.jobs()).toEqual([]), 15);
});

test('a suspended one makes none', async () => {
  const cron = await create({ suspend: true });
  await settle();
  expect(await cron.jobs()).toEqual([]);
});

/** A suspended cron job with an active job of an earlier time, then resumed. */
async function createWithActiveJob(concurrencyPolicy: CronJobSpec['concurrencyPolicy']) {
  const cron = await create({ concurrencyPolicy, suspend: true });
  const { metadata } = await cron.get();
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'c', uid: metadata.uid, controller: true };
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  const meta = { name: 'earlier', namespace: cron.namespace, ownerReferences: [owner] };
  const job = await cluster.of('jobs').create({ metadata: meta, spec: { template } });
  const active = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'earlier', namespace: cron.namespace, uid: job.metadata.uid }];
  await cluster.of('cronJobs').patch(metadata, { status: { active } }, { subresource: 'status' });
  await cron.patch({ spec: { suspend: false } });
  return { ...cron, names: async () => (await cron.jobs()).map(({ metadata: { name } }) => name) };
}

test('Forbid lets a running job be the only one', async () => {
  const cron = await createWithActiveJob('Forbid');
  await eventually(async () =>
    expect(await cluster.events(cron.namespace, 'c')).toContain(
      'JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid',
    ),
  );
  expect(await cron.names()).toEqual(['earlier']);
});

test('Allow runs a job beside it', async () => {
  const cron = await createWithActiveJob('Allow');
  await eventually(async () => expect(await cron.names()).toEqual([expect.stringMatching(/^c-\d+$/), 'earlier']));
});

test('Replace puts a new job in its place', async () => {
  const cron = await createWithActiveJob('Replace');
  await eventually(async () => expect(await cron.names()).toEqual([expect.stringMatching(/^c-\d+$/)]));
  await eventually(async () =>
    expect(await cluster.events(cron.namespace, 'c')).toContain('SuccessfulDelete Deleted job earlier'),
  );
});

import type { CronJob, CronJobSpec, CronJobStatus, Job } from '@windlass/resources';
import { followJobs } from './active.ts';
import { type OwnedCronJob, scheduledJob, surplusJobs } from './job.ts';
import { readSchedule, timesOf } from './schedule.ts';

const cronJob = (spec: Partial<CronJobSpec> = {}, status: CronJobStatus = {}): OwnedCronJob =>
  ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cj', namespace: 'ns', uid: 'cj', creationTimestamp: '2026-01-01T10:00:00Z' },
    spec: { schedule: '*/10 * * * *', jobTemplate: { metadata: { labels: { a: 'b' } }, spec: {} }, ...spec },
    status,
  }) as unknown as OwnedCronJob;
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().slice(11, 16));
const times = (of: CronJob, now: string) => {
  const read = readSchedule(of);
  if ('reason' in read) throw new Error(read.message);
  const { due, next, tooManyMissed } = timesOf(of, read.schedule, read.zone, Date.parse(`2026-01-01T${now}Z`));
  return [iso(due), iso(next), tooManyMissed];
};

describe('times', () => {
  it.each<[string, Partial<CronJobSpec>, CronJobStatus, string, unknown[]]>([
    ['nothing yet', {}, {}, '10:05:00', [undefined, '10:10', false]],
    ['due', {}, {}, '10:10:00', ['10:10', '10:20', false]],
    ['the newest of several', {}, {}, '10:55:00', ['10:50', '11:00', false]],
    ['since the last run', {}, { lastScheduleTime: '2026-01-01T10:50:00Z' }, '10:55:00', [undefined, '11:00', false]],
    ['within the deadline', { startingDeadlineSeconds: 120 }, {}, '10:55:00', [undefined, '11:00', false]],
    ['far behind', { schedule: '* * * * *' }, {}, '13:00:30', ['13:00', '13:01', true]],
  ])('%s', (_, spec, status, now, wanted) => {
    expect(times(cronJob(spec, status), now)).toEqual(wanted);
  });
  it.each([
    [{ timeZone: 'Nowhere' }, 'UnknownTimeZone', 'invalid timeZone: "Nowhere": unknown time zone Nowhere'],
    [{ schedule: 'bad' }, 'UnparseableSchedule', 'unparseable schedule: "bad" : expected exactly 5 fields, found 1: [bad]'],
  ])('%j cannot be read', (spec, reason, message) => {
    expect(readSchedule(cronJob(spec))).toEqual({ reason, message });
  });
});

test('a job is named after its minute and carries its time', () => {
  const at = Date.parse('2026-07-01T10:10:00Z');
  const job = scheduledJob(cronJob({ timeZone: 'Europe/Berlin' }), at);
  expect(job.metadata).toMatchObject({
    name: `cj-${at / 60_000}`,
    labels: { a: 'b' },
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-07-01T12:10:00+02:00' },
    ownerReferences: [{ kind: 'CronJob', name: 'cj', controller: true }],
  });
});

const job = (name: string, condition?: string, completionTime?: string): Job =>
  ({
    metadata: { name, uid: name },
    status: { startTime: name, completionTime, conditions: condition ? [{ type: condition, status: 'True' }] : [] },
  }) as Job;

test('active jobs are followed', () => {
  const active = ['done', 'runs', 'gone'].map((name) => ({ name, uid: name }));
  const jobs = [job('done', 'Complete', '2026-01-01T10:00:00Z'), job('runs'), job('alien')];
  const { status, events } = followJobs(cronJob({}, { active }), jobs, ({ uid }) => uid === 'gone');
  expect(status).toEqual({ active: [{ name: 'runs', uid: 'runs' }], lastSuccessfulTime: '2026-01-01T10:00:00Z' });
  expect(events.map(({ message }) => message)).toEqual([
    'Saw completed job: done, condition: Complete',
    'Saw a job that the controller did not create or forgot: alien',
    'Active job went missing: gone',
  ]);
});

test('the history is cut per outcome, oldest first', () => {
  const jobs = [job('3', 'Complete'), job('1', 'Complete'), job('2', 'Failed'), job('4')];
  const limits = { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 };
  expect(surplusJobs(cronJob(limits), jobs).map(({ metadata }) => metadata.name)).toEqual(['1', '2']);
  expect(surplusJobs(cronJob(), jobs)).toEqual([]);
});

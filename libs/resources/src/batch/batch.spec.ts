import { cloneJson, fieldErrorMessage, type HookContext } from '@windlass/meta';
import type { CronJob, Job, JobStatus } from '../types.gen.ts';
import { cronJobs } from './cron-job.ts';
import { commonIndex, countIndexes, indexesFault } from './indexes.ts';
import { jobs } from './job.ts';

const context = { now: new Date(0), warn: () => {} } as unknown as HookContext;
const container = { name: 'c', image: 'i' };
const pods = (more: object = {}, metadata: object = {}) => ({
  metadata,
  spec: { restartPolicy: 'Never', containers: [container], ...more },
});

function make(spec: object, status: JobStatus = {}): Job {
  const job = cloneJson({ metadata: { name: 'x', uid: 'u' }, spec: { template: pods(), ...spec } }) as Job;
  jobs.strategy!.default!(job, context);
  jobs.strategy!.prepareForCreate!(job, context);
  return { ...job, status };
}
const texts = (job: Job): string[] => jobs.strategy!.validate!(job, context).map(fieldErrorMessage);
const updateTexts = (job: Job, old: Job): string[] => jobs.strategy!.validateUpdate!(job, old, context).map(fieldErrorMessage);
const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };

test('a new job selects its pods by its uid, and has the labels of its template', () => {
  const labels = {
    'controller-uid': 'u',
    'job-name': 'x',
    'batch.kubernetes.io/controller-uid': 'u',
    'batch.kubernetes.io/job-name': 'x',
  };
  const { metadata, spec } = make({});
  expect(spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
  expect([spec.template.metadata?.labels, metadata.labels]).toEqual([labels, labels]);
});

test.each<[string, object, string[]]>([
  ['a plain one', {}, []],
  ['indexed', { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0,2', succeededCount: 1 }] } }, []],
  ['negative', { backoffLimit: -1 }, ['spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0']],
  [
    'restarts for ever',
    { template: pods({ restartPolicy: undefined }) },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'a label that is not its own',
    { template: pods({}, { labels: { 'job-name': 'y' } }) },
    [
      `spec.template.metadata.labels[job-name]: Invalid value: ${JSON.stringify({ 'controller-uid': 'u', 'job-name': 'y', 'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'x' })}: must be 'x'`,
    ],
  ],
  [
    'no completions',
    { completionMode: 'Indexed', parallelism: 1 },
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'per index without indexes',
    { backoffLimitPerIndex: 1 },
    ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  ],
  [
    'a success policy without indexes',
    { successPolicy: { rules: [] } },
    ['spec.successPolicy: Invalid value: {"Rules":[]}: requires indexed completion mode'],
  ],
  [
    'a success policy that asks too much',
    { ...indexed, successPolicy: { rules: [{ succeededIndexes: '1', succeededCount: 2 }, {}] } },
    [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 2: must be less than or equal to 1 (the number of indexes in the specified succeededIndexes field)',
      'spec.successPolicy.rules[1]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    ],
  ],
  [
    'failure rules',
    {
      podFailurePolicy: {
        rules: [
          { action: 'Ignore' },
          { action: 'FailJob', onExitCodes: { operator: 'In', containerName: 'd', values: [2, 0, 2] } },
        ],
      },
    },
    [
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      'spec.podFailurePolicy.rules[1].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[1].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[1].onExitCodes.values[2]: Duplicate value: 2',
      'spec.podFailurePolicy.rules[1].onExitCodes.values: Invalid value: [2,0,2]: must be ordered',
    ],
  ],
  [
    'a manager without a domain',
    { managedBy: 'me' },
    ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
])('create: %s', (_, spec, wanted) => {
  expect(texts(make(spec))).toEqual(wanted);
});

test.each<[string, object, object, JobStatus, string[]]>([
  ['parallelism', { parallelism: 2 }, { completions: 1 }, {}, []],
  ['completions', { completions: 2 }, {}, {}, ['spec.completions: Invalid value: 2: field is immutable']],
  ['both of an indexed one', { completions: 2, parallelism: 2 }, indexed, {}, []],
  [
    'one of an indexed one',
    { completions: 2 },
    indexed,
    {},
    ['spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism'],
  ],
  ['mode', { completionMode: 'Indexed' }, {}, {}, ['spec.completionMode: Invalid value: "Indexed": field is immutable']],
  [
    'where pods of a job at rest go',
    { suspend: false, template: pods({ nodeSelector: { disk: 'ssd' } }) },
    { suspend: true },
    {},
    [],
  ],
])('update: %s', (_, spec, old, status, wanted) => {
  const before = make(old, status);
  expect(updateTexts(make({ ...old, ...spec }, status), before)).toEqual(wanted);
});

test('the template of a running job stays', () => {
  const change = { template: pods({ nodeSelector: { disk: 'ssd' } }) };
  expect(updateTexts(make(change), make({}))).toEqual([
    expect.stringMatching(/^spec\.template: Invalid value: \{.*: field is immutable$/),
  ]);
});

const is = (type: string) => ({ type, status: 'True' });
const ends = { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z' };
const complete = { ...ends, conditions: [is('SuccessCriteriaMet'), is('Complete')] };

test.each<[string, JobStatus, JobStatus, string[]]>([
  ['starts', { startTime: ends.startTime, active: 1 }, {}, []],
  ['completes', { ...complete, succeeded: 1 }, { startTime: ends.startTime }, []],
  [
    'completes too early',
    { ...ends, completionTime: undefined, active: 1, conditions: [is('Complete')] },
    {},
    [
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
    ],
  ],
  [
    'rises again',
    { startTime: ends.startTime },
    complete,
    [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
  ],
  ['forgets', { failed: 1 }, { failed: 2 }, ['status.failed: Invalid value: 1: cannot decrease the failed counter']],
  [
    'counts a pod twice',
    { uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } },
    {},
    [
      'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
  ],
  [
    'has indexes',
    { completedIndexes: '0' },
    {},
    ['status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode'],
  ],
  ['had indexes', { completedIndexes: '0', active: 1 }, { completedIndexes: '0' }, []],
])('status: %s', (_, status, old, wanted) => {
  const view = jobs.subresources!.status as {
    validateUpdate(next: Job, old: Job, hooks: HookContext): Parameters<typeof fieldErrorMessage>[0][];
  };
  expect(view.validateUpdate(make({}, status), make({}, old), context).map(fieldErrorMessage)).toEqual(wanted);
});

test('texts of indexes', () => {
  expect([countIndexes('', 3), countIndexes('0,2-4', 5), commonIndex('0,2-4', '1,4', 5), commonIndex('0', '1', 5)]).toEqual([
    0,
    4,
    4,
    undefined,
  ]);
  expect(['a', '5', '1-2-3', '2,1', '3-3'].map((text) => indexesFault(text, 5))).toEqual([
    'cannot convert string to integer for index: "a"',
    'too large index: "5"',
    `the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
    'non-increasing order, previous: 2, current: 1',
    'non-increasing order, previous: 3, current: 3',
  ]);
});

function cron(spec: object, name = 'x'): CronJob {
  const object = cloneJson({
    metadata: { name },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: pods() } }, ...spec },
  }) as CronJob;
  cronJobs.strategy!.default!(object, context);
  return object;
}

test.each<[string, object, object | undefined, string[]]>([
  ['a plain one', { timeZone: 'Europe/Berlin' }, undefined, []],
  [
    'a bad schedule',
    { schedule: '* *' },
    undefined,
    ['spec.schedule: Invalid value: "* *": expected exactly 5 fields, found 2: [* *]'],
  ],
  [
    'a zone in the schedule',
    { schedule: 'TZ=UTC * * * * *' },
    undefined,
    ['spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ],
  ['that was there before', { schedule: 'TZ=UTC 1 * * * *' }, { schedule: 'TZ=UTC * * * * *' }, []],
  [
    'a bad zone',
    { timeZone: 'Mars/Base' },
    undefined,
    ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
  ],
  ['a bad zone that was there before', { timeZone: 'Mars/Base', suspend: true }, { timeZone: 'Mars/Base' }, []],
  [
    'a policy',
    { concurrencyPolicy: 'Never' },
    undefined,
    ['spec.concurrencyPolicy: Unsupported value: "Never": supported values: "Allow", "Forbid", "Replace"'],
  ],
  [
    'a selector',
    { jobTemplate: { spec: { template: pods(), manualSelector: true } } },
    undefined,
    ['spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"'],
  ],
])('cron job: %s', (_, spec, old, wanted) => {
  const { validate, validateUpdate } = cronJobs.strategy!;
  const errors = old ? validateUpdate!(cron(spec), cron(old), context) : validate!(cron(spec), context);
  expect(errors.map(fieldErrorMessage)).toEqual(wanted);
});

test('a long name of a cron job is refused once only', () => {
  const long = cron({}, 'a'.repeat(53));
  const { validate, validateUpdate } = cronJobs.strategy!;
  expect(validate!(long, context).map(({ detail }) => detail)).toEqual(['must be no more than 52 characters']);
  expect(validateUpdate!(long, long, context)).toEqual([]);
});

test('columns', () => {
  const now = new Date('2026-01-01T00:02:00Z');
  const row = (job: Job) => jobs.columns!.slice(1, 4).map(({ cell }) => cell(job, now));
  expect(row(make({}, complete))).toEqual(['Complete', '0/1', '60s']);
  expect(row(make({ completions: undefined, parallelism: 2 }, { startTime: ends.startTime, succeeded: 1 }))).toEqual([
    'Running',
    '1/1 of 2',
    '2m',
  ]);
  expect(row(make({ suspend: true }, { conditions: [is('Suspended')] }))).toEqual(['Suspended', '0/1', '']);
});

import type { Pod, StatefulSetSpec } from '@windlass/resources';
import { POD_REVISION } from '../history/revisions.ts';
import { isItself, type OwnedSet, POD_INDEX, POD_NAME, statefulPod } from './identity.ts';
import { planStatefulSet } from './plan.ts';
import { claimOwners } from './retention.ts';
import { statefulSetStatus } from './status.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const NAMES = { current: 'web-1', update: 'web-2' };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const set = (spec: Partial<StatefulSetSpec> = {}): OwnedSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'ns', uid: 'set' },
    spec: {
      replicas: 3,
      serviceName: 'svc',
      selector: { matchLabels: { app: 'web' } },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
  }) as OwnedSet;

/** `0` old and well, `0+` updated, `0!` not ready, `0-` leaving, `0x` failed. */
function pod(text: string): Pod {
  const [, ordinal, marks] = /^(\d+)(.*)$/.exec(text) as unknown as [string, string, string];
  const made = statefulPod(set(), template, marks.includes('+') ? 'web-2' : 'web-1', Number(ordinal));
  const ready = marks.includes('!') || marks.includes('x') ? 'False' : 'True';
  const metadata = { ...made.metadata, uid: text, ...(marks.includes('-') ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) };
  const phase = marks.includes('x') ? 'Failed' : 'Running';
  const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: '2025-01-01T00:00:00Z' }];
  return { ...made, metadata, status: { phase, conditions } } as Pod;
}
const plan = (spec: Partial<StatefulSetSpec>, ...pods: string[]) =>
  planStatefulSet(set(spec), pods.map(pod), NAMES, NOW).map((step) =>
    step.do === 'create'
      ? `create ${step.ordinal} ${step.revision}`
      : `${step.do} ${step.pod.metadata.name} ${'because' in step ? step.because : ''}`,
  );
const rolling = (rollingUpdate: { partition?: number; maxUnavailable?: number | string }) => ({
  updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate },
});
const parallel = { podManagementPolicy: 'Parallel' as const };

describe('plan', () => {
  it.each<[string, Partial<StatefulSetSpec>, string[], string[]]>([
    ['starts with the first', {}, [], ['create 0 update']],
    ['waits for it', {}, ['0!'], []],
    ['goes on to the next', {}, ['0+'], ['create 1 update']],
    ['starts where told', { ordinals: { start: 5 } }, ['5+'], ['create 6 update']],
    ['all at once', parallel, ['1!'], ['create 0 update', 'create 2 update']],
    ['fills a gap first', {}, ['0+', '2+'], ['create 1 update']],
    ['does not fill it beside a pod that leaves', {}, ['0-', '2+'], []],
    ['replaces a failed pod', {}, ['0x', '1', '2'], ['delete web-0 failed']],
    ['scales down from the top', { replicas: 1 }, ['0+', '1+', '2+'], ['delete web-2 scaled']],
    ['one by one', { replicas: 1 }, ['0+', '1+', '2-'], []],
    ['not while a lower one is unhealthy too', { replicas: 1 }, ['0+', '1!', '2!'], []],
    ['the unhealthy one goes', { replicas: 1 }, ['0+', '1+', '2!'], ['delete web-2 scaled']],
    ['all at once', { ...parallel, replicas: 1 }, ['0+', '1!', '2+'], ['delete web-2 scaled', 'delete web-1 scaled']],
    ['updates from the top', {}, ['0', '1', '2'], ['delete web-2 outdated']],
    ['then the next', {}, ['0', '1', '2+'], ['delete web-1 outdated']],
    ['down to the partition', rolling({ partition: 2 }), ['0', '1', '2+'], []],
    ['restores below the partition with the old one', rolling({ partition: 2 }), ['1', '2+'], ['create 0 current']],
    ['several at once', rolling({ maxUnavailable: 2 }), ['0', '1', '2'], ['delete web-2 outdated', 'delete web-1 outdated']],
    ['by percentage', rolling({ maxUnavailable: '67%' }), ['0', '1', '2'], ['delete web-2 outdated', 'delete web-1 outdated']],
    [
      'broken ones are free',
      { ...parallel, ...rolling({ maxUnavailable: 2 }) },
      ['0!', '1', '2'],
      ['delete web-2 outdated', 'delete web-0 outdated'],
    ],
    ['not on delete', { updateStrategy: { type: 'OnDelete' } }, ['0', '1', '2'], []],
    ['but what is missing is new', { updateStrategy: { type: 'OnDelete' } }, ['0', '1'], ['create 2 update']],
    ['waits for what was replaced', { ...parallel }, ['0', '1', '2+!'], []],
  ])('%s', (_, spec, pods, steps) => {
    expect(plan(spec, ...pods)).toEqual(steps);
  });
  it('repairs labels', () => {
    const broken = pod('0+');
    broken.metadata.labels = { app: 'web', [POD_REVISION]: 'web-2' };
    expect(planStatefulSet(set({ replicas: 1 }), [broken], NAMES, NOW)).toEqual([{ do: 'repair', pod: broken, ordinal: 0 }]);
  });
});

test('a pod has its name, labels, host name, subdomain and claims', () => {
  const claims = { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] } as unknown as Partial<StatefulSetSpec>;
  const made = statefulPod(set(claims), template, 'web-2', 4);
  expect(made.metadata).toMatchObject({
    name: 'web-4',
    labels: { app: 'web', [POD_NAME]: 'web-4', [POD_INDEX]: '4', [POD_REVISION]: 'web-2' },
  });
  expect(made.metadata.generateName).toBeUndefined();
  expect(made.spec).toMatchObject({
    hostname: 'web-4',
    subdomain: 'svc',
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-4' } }],
  });
  expect(isItself(set(claims), made, 4)).toBe(true);
  expect(isItself(set(claims), statefulPod(set(), template, 'web-2', 4), 4)).toBe(false);
});

test.each([
  ['Retain', 'Retain', 0, []],
  ['Delete', 'Retain', 0, ['StatefulSet']],
  ['Retain', 'Delete', 0, []],
  ['Retain', 'Delete', 3, ['Pod']],
  ['Delete', 'Delete', 0, ['StatefulSet']],
  ['Delete', 'Delete', 3, ['Pod']],
])('claims whenDeleted %s, whenScaled %s, ordinal %d: %j', (whenDeleted, whenScaled, ordinal, kinds) => {
  const owner = { ...pod(String(ordinal)), apiVersion: 'v1', kind: 'Pod' };
  const claim = { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Other', name: 'o', uid: 'o' }] } };
  const owners = claimOwners(
    set({ persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } }),
    claim as never,
    owner,
    ordinal,
  );
  expect(owners.map(({ kind }) => kind)).toEqual(['Other', ...kinds]);
});

test('a finished rollout makes the update revision the current one', () => {
  const status = (...pods: string[]) => statefulSetStatus(set(), pods.map(pod), NAMES, 0, NOW);
  expect(status('0', '1', '2+')).toMatchObject({
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 2,
    updatedReplicas: 1,
    currentRevision: 'web-1',
    updateRevision: 'web-2',
  });
  expect(status('0+', '1+', '2+')).toMatchObject({ currentReplicas: 3, updatedReplicas: 3, currentRevision: 'web-2' });
  expect(status('0+', '1+', '2+!').currentRevision).toBe('web-1');
});

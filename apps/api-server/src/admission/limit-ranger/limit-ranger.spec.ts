import type { LimitRange, LimitRangeItem, PodSpec } from '@windlass/resources';
import { attempt, readerOf, run } from '../testing/attributes.ts';
import { checkClaim, checkPod } from './check.ts';
import { limitRanger } from './plugin.ts';

const range = (...limits: LimitRangeItem[]): LimitRange => ({ metadata: { name: 'l', namespace: 'ns' }, spec: { limits } });
const pod = (requests: Record<string, string>, limits: Record<string, string> = {}): PodSpec => ({
  containers: [{ name: 'c', image: 'i', resources: { requests, limits } }],
});
const container = (bounds: Partial<LimitRangeItem>): LimitRange => range({ type: 'Container', ...bounds });

test.each<[LimitRange, PodSpec, string[]]>([
  [container({ min: { cpu: '100m' } }), pod({ cpu: '0.1' }), []],
  [container({ min: { cpu: '100m' } }), pod({}), ['minimum cpu usage per Container is 100m.  No request is specified']],
  [container({ min: { cpu: '100m' } }), pod({ cpu: '50m' }), ['minimum cpu usage per Container is 100m, but request is 50m']],
  [
    container({ min: { cpu: '100m' } }),
    pod({ cpu: '1' }, { cpu: '50m' }),
    ['minimum cpu usage per Container is 100m, but limit is 50m'],
  ],
  [container({ max: { memory: '1Gi' } }), pod({}), ['maximum memory usage per Container is 1Gi.  No limit is specified']],
  [
    container({ max: { memory: '1Gi' } }),
    pod({}, { memory: '2Gi' }),
    ['maximum memory usage per Container is 1Gi, but limit is 2Gi'],
  ],
  [
    container({ max: { memory: '1Gi' } }),
    pod({ memory: '2Gi' }, { memory: '1Gi' }),
    ['maximum memory usage per Container is 1Gi, but request is 2Gi'],
  ],
  [container({ maxLimitRequestRatio: { cpu: '2' } }), pod({ cpu: '1' }, { cpu: '2' }), []],
  [
    container({ maxLimitRequestRatio: { cpu: '2' } }),
    pod({ cpu: '1' }, { cpu: '3' }),
    ['cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
  ],
  [
    container({ maxLimitRequestRatio: { cpu: '2' } }),
    pod({}, { cpu: '3' }),
    ['cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
  ],
  [
    container({ maxLimitRequestRatio: { cpu: '2' } }),
    pod({ cpu: '1' }),
    ['cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0'],
  ],
])('%# container bounds', (limits, spec, wanted) => {
  expect(checkPod(limits, spec)).toEqual(wanted);
});

describe('a pod as a whole', () => {
  const limits = range({ type: 'Pod', max: { cpu: '3' } });
  const one = (name: string, cpu: string, restartPolicy?: string) => ({ name, restartPolicy, resources: { limits: { cpu } } });
  const over = (cpu: string) => [`maximum cpu usage per Pod is 3, but limit is ${cpu}`];
  test.each<[string, PodSpec, string[]]>([
    ['the sum of its containers', { containers: [one('a', '2'), one('b', '2')] }, over('4')],
    ['an init container beside less', { containers: [one('a', '2')], initContainers: [one('i', '3')] }, []],
    ['a sidecar is added', { containers: [one('a', '2')], initContainers: [one('s', '2', 'Always')] }, over('4')],
    [
      'an init container after a sidecar',
      { containers: [one('a', '1')], initContainers: [one('s', '1', 'Always'), one('i', '3')] },
      over('4'),
    ],
    ['what is set for the pod', { containers: [one('a', '2')], resources: { limits: { cpu: '4' } } }, over('4')],
  ])('%s', (_, spec, wanted) => {
    expect(checkPod(limits, spec)).toEqual(wanted);
  });
});

test('volume claims', () => {
  const limits = range({ type: 'PersistentVolumeClaim', min: { storage: '1Mi' }, max: { storage: '1Gi' } });
  const claim = (storage: string) => ({ metadata: {}, spec: { resources: { requests: { storage } } } });
  expect(checkClaim(limits, claim('2Gi'))).toEqual([
    'maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
  ]);
  expect(checkClaim(limits, claim('1Ki'))).toEqual([
    'minimum storage usage per PersistentVolumeClaim is 1Mi, but request is 1Ki',
  ]);
  expect(checkClaim(limits, claim('1Gi'))).toEqual([]);
});

describe('the plugin', () => {
  const limits = container({ default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } });
  const plugin = limitRanger(readerOf({ limitranges: [limits] }));
  const make = (spec: object, about = {}) => run(plugin, attempt({ metadata: { name: 'p' }, spec }, about));

  test('fills what is not said and notes it', async () => {
    const made = await make({
      containers: [{ name: 'c' }, { name: 'd', resources: { limits: { cpu: '1' } } }],
      initContainers: [{ name: 'i' }],
    });
    expect(made!.spec.containers.map((c: { resources: object }) => c.resources)).toEqual([
      { requests: { cpu: '100m' }, limits: { cpu: '500m' } },
      { requests: { cpu: '100m' }, limits: { cpu: '1' } },
    ]);
    expect(made!.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu request for container c; cpu limit for container c; cpu request for container d; cpu request for init container i; cpu limit for init container i',
    });
  });

  test('refuses with all reasons', async () => {
    const spec = { containers: ['a', 'b'].map((name) => ({ name, resources: { limits: { cpu: name === 'a' ? '2' : '3' } } })) };
    await expect(make(spec)).rejects.toMatchObject({
      status: {
        message:
          'pods "p" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum cpu usage per Container is 1, but limit is 3]',
      },
    });
  });

  test('leaves updates of pods alone, but not resizes, and nothing that is being deleted', async () => {
    const spec = { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] };
    const old = { metadata: {} };
    await expect(make(spec, { operation: 'UPDATE', old })).resolves.toBeDefined();
    await expect(make(spec, { operation: 'UPDATE', subresource: 'resize', old })).rejects.toThrow('maximum cpu usage');
    const ending = { metadata: { deletionTimestamp: '2025-01-01T00:00:00Z' } };
    await expect(make(spec, { operation: 'UPDATE', subresource: 'resize', old: ending })).resolves.toBeDefined();
  });
});

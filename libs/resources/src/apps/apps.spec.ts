import { cloneJson, fieldErrorMessage, type HookContext, type ResourceDefinition } from '@windlass/meta';
import { replicationControllers } from '../core/replication-controller.ts';
import { controllerRevisions } from './controller-revision.ts';
import { daemonSets } from './daemon-set.ts';
import { deployments } from './deployment.ts';
import { replicaSets } from './replica-set.ts';
import { statefulSets } from './stateful-set.ts';

const context = { now: new Date(0), warn: () => {} } as unknown as HookContext;
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const selector = { matchLabels: { app: 'a' } };

// biome-ignore lint/suspicious/noExplicitAny: one table for several kinds
type Any = ResourceDefinition<any>;

function make(definition: Any, spec: object): never {
  const object = cloneJson({ metadata: { name: 'x' }, spec: { selector, template, ...spec } }) as never;
  definition.strategy!.default!(object, context);
  const once = JSON.stringify(object);
  definition.strategy!.default!(object, context);
  expect(JSON.stringify(object)).toBe(once);
  return object;
}
const createErrors = (definition: Any, spec: object): string[] =>
  definition.strategy!.validate!(make(definition, spec), context).map(fieldErrorMessage);
const updateErrors = (definition: Any, spec: object, old: object): string[] =>
  definition.strategy!.validateUpdate!(make(definition, spec), make(definition, old), context).map(fieldErrorMessage);

const mismatch = (labels = '{"app":"a"}') =>
  `spec.template.metadata.labels: Invalid value: ${labels}: \`selector\` does not match template \`labels\``;

test.each<[string, Any, object, string[]]>([
  ['a plain one', deployments, {}, []],
  ['no selector', deployments, { selector: undefined }, ['spec.selector: Required value', mismatch()]],
  [
    'an empty selector',
    deployments,
    { selector: {} },
    ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  ],
  ['another selector', deployments, { selector: { matchLabels: { app: 'b' } } }, [mismatch()]],
  [
    'stuck',
    deployments,
    { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
  ],
  [
    'a bad strategy',
    deployments,
    { strategy: { type: 'Bad' } },
    ['spec.strategy: Unsupported value: {"Type":"Bad","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
  ],
  [
    'a short deadline',
    deployments,
    { progressDeadlineSeconds: 5, minReadySeconds: 5 },
    ['spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds'],
  ],
  [
    'both surge and unavailable',
    daemonSets,
    { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
    ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
  ],
  ['no template', replicationControllers, { template: undefined, selector: { a: 'b' } }, ['spec.template: Required value']],
  [
    'pods that end',
    replicaSets,
    { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
  [
    'a claim without a size',
    statefulSets,
    { volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'] } }] },
    ['spec.volumeClaimTemplates[0].spec.resources[storage]: Required value'],
  ],
  [
    'a mount of a claim',
    statefulSets,
    {
      volumeClaimTemplates: [
        { metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
      template: {
        ...template,
        spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      },
    },
    [],
  ],
])('%s', (_, definition, spec, errors) => expect(createErrors(definition, spec)).toEqual(errors));

test.each<[string, Any, object, string[]]>([
  ['deployment', deployments, { replicas: 5 }, []],
  [
    'selector of a replica set',
    replicaSets,
    {
      selector: { matchLabels: { app: 'b' } },
      template: { ...template, metadata: { labels: { app: 'b' } } },
    },
    ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  ],
  [
    'service of a stateful set',
    statefulSets,
    { serviceName: 's' },
    [
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
  ],
])('update: %s', (_, definition, spec, errors) => expect(updateErrors(definition, spec, {})).toEqual(errors));

test('the template generation of a daemon set counts changes of its template', () => {
  const annotation = 'deprecated.daemonset.template.generation';
  const old = make(daemonSets, {}) as { metadata: { annotations: Record<string, string> } };
  const { prepareForCreate, prepareForUpdate } = daemonSets.strategy!;
  prepareForCreate!(old as never, context);
  expect(old.metadata.annotations[annotation]).toBe('1');
  const next = make(daemonSets, { template: { ...template, metadata: { labels: { app: 'a', x: 'y' } } } }) as typeof old;
  prepareForUpdate!(next as never, old as never, context);
  expect(next.metadata.annotations[annotation]).toBe('2');
});

test('counts of a status fit each other', () => {
  const { status } = deployments.subresources!;
  const object = { metadata: {}, status: { replicas: 1, readyReplicas: 2, availableReplicas: -1 } } as never;
  const old = { metadata: {}, status: { collisionCount: 1 } } as never;
  if (status?.type !== 'view') throw new Error('status is a view');
  const errors = status.validateUpdate!(object, old, context);
  expect(errors.map(fieldErrorMessage)).toEqual([
    'status.availableReplicas: Invalid value: -1: must be greater than or equal to 0',
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.collisionCount: Invalid value: 0: cannot be decremented',
  ]);
});

test('data of a revision stays', () => {
  const revision = (data: object) => ({ metadata: { name: 'x' }, revision: 1, data }) as never;
  const errors = controllerRevisions.strategy!.validateUpdate!(revision({ a: 2 }), revision({ a: 1 }), context);
  expect(errors.map(fieldErrorMessage)).toEqual(['data: Invalid value: {"a":2}: field is immutable']);
});

test('names that are no host names are warned of', () => {
  const object = make(deployments, {}) as { metadata: { name: string } };
  object.metadata.name = 'a.b';
  expect(deployments.strategy!.warnings!(object as never, undefined, context)[0]).toMatch(
    /^metadata\.name: this is used in Pod names and hostnames.*a DNS label is recommended: \[a lowercase/,
  );
});

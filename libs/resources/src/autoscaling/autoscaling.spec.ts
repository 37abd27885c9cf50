import { fieldErrorMessage, path } from '@windlass/meta';
import type { HorizontalPodAutoscaler, MetricSpec } from '../types.gen.ts';
import { defaultBehavior, validateBehavior } from './behavior-rules.ts';
import { metricsText } from './columns.ts';
import { validateMetrics } from './metric-rules.ts';

const errors = (metrics: object[], minReplicas = 1): string[] =>
  validateMetrics(metrics as MetricSpec[], minReplicas, path('spec', 'metrics')).map(fieldErrorMessage);
const cpu = (target: object): object => ({ type: 'Resource', resource: { name: 'cpu', target } });

test.each<[string, object[], string[]]>([
  ['a whole one', [cpu({ type: 'Utilization', averageUtilization: 70 })], []],
  ['no type', [{}], ['spec.metrics[0].type: Required value: must specify a metric source type']],
  [
    'utilization of nothing',
    [cpu({ type: 'Utilization', averageUtilization: 0 })],
    ['spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0'],
  ],
  [
    'both targets',
    [cpu({ type: 'Utilization', averageUtilization: 1, averageValue: '1' })],
    ['spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization'],
  ],
  [
    'another source',
    [{ type: 'Pods', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1 } } }],
    ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
  ],
  [
    'two sources',
    [
      {
        ...cpu({ type: 'Utilization', averageUtilization: 1 }),
        pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
      },
    ],
    ['spec.metrics[0].pods: Forbidden: must populate the given metric source only'],
  ],
  [
    'an external metric without a target',
    [{ type: 'External', external: { metric: { name: 'a/b' }, target: { type: 'Odd' } } }],
    [
      'spec.metrics[0].external.metric.name: Invalid value: "a/b": may not contain \'/\'',
      'spec.metrics[0].external.target.type: Invalid value: "Odd": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target',
    ],
  ],
  [
    'a container that is not named',
    [
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: '', target: { type: 'Value', averageValue: '-1' } },
      },
    ],
    [
      'spec.metrics[0].containerResource.container: Required value: must specify a container',
      'spec.metrics[0].containerResource.target.averageValue: Invalid value: "-1": must be positive',
    ],
  ],
])('metrics: %s', (_, metrics, expected) => {
  expect(errors(metrics)).toEqual(expected);
});

test('scaling to zero takes a metric that does not come from pods', () => {
  expect(errors([cpu({ type: 'Utilization', averageUtilization: 70 })], 0)).toEqual([
    'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
  ]);
  expect(errors([{ type: 'External', external: { metric: { name: 'x' }, target: { type: 'Value', value: '1' } } }], 0)).toEqual(
    [],
  );
});

test('behavior: defaults per direction, bad rules', () => {
  const behavior = { scaleDown: { stabilizationWindowSeconds: 5 } };
  defaultBehavior(behavior);
  expect(behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: 5,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    },
  });
  const bad = {
    scaleUp: {
      stabilizationWindowSeconds: 3601,
      selectPolicy: 'Odd',
      policies: [{ type: 'Odd', value: 0, periodSeconds: 1801 }],
    },
  };
  expect(validateBehavior(bad as never, path('b')).map(fieldErrorMessage)).toEqual([
    'b.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'b.scaleUp.selectPolicy: Unsupported value: "Odd": supported values: "Disabled", "Max", "Min"',
    'b.scaleUp.policies[0].type: Unsupported value: "Odd": supported values: "Percent", "Pods"',
    'b.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'b.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
  ]);
});

test('the column of targets shows two and counts the rest', () => {
  const metrics = [
    cpu({ averageUtilization: 70 }),
    { type: 'Pods', pods: { target: { averageValue: '5' } } },
    cpu({ averageValue: '1' }),
  ];
  const currentMetrics = [{ resource: { current: { averageUtilization: 12 } } }];
  expect(metricsText({ spec: { metrics }, status: { currentMetrics } } as unknown as HorizontalPodAutoscaler)).toBe(
    'cpu: 12%/70%, <unknown>/5 + 1 more...',
  );
  expect(metricsText({} as HorizontalPodAutoscaler)).toBe('<none>');
});

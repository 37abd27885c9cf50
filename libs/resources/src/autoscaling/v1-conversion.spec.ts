import type { AnyObject } from '@windlass/meta';
import { toV1, toV2 } from './v1-conversion.ts';

const v2: AnyObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'a', annotations: { mine: '1' } },
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Mi' } } },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: 15 } },
  },
  status: {
    currentReplicas: 1,
    desiredReplicas: 2,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageValue: '5m', averageUtilization: 7 } } }],
    conditions: [{ type: 'AbleToScale', status: 'True' }],
  },
};

test('version 1 shows processor utilization as fields', () => {
  expect(toV1(v2)).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
    status: { currentReplicas: 1, desiredReplicas: 2, currentCPUUtilizationPercentage: 7 },
  });
});

test('nothing is lost on the way there and back', () => {
  expect(toV2(toV1(v2))).toEqual(v2);
});

test('a plain version 1 object becomes a processor metric', () => {
  const object: AnyObject = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
  };
  expect(toV2(object).spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  ]);
  expect(toV1(toV2(object))).toEqual(object);
});

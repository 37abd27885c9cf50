import type { HorizontalPodAutoscaler } from '@windlass/resources';
import { eventually } from '@windlass/testkit';
import { startTestControllers, type TestControllers } from '../testing/cluster.ts';
import { startFakeStats } from '../testing/fake-stats.ts';

let cluster: TestControllers;
let stopStats: () => void;
let cores = 0;

beforeAll(async () => {
  cluster = await startTestControllers({
    controllers: ['horizontalpodautoscaler', 'replicaset', 'deployment'],
    kubelet: { nodes: ['node-a'] },
    config: { hpaSyncPeriodSeconds: 0.2 },
    server: { metricsResolutionSeconds: 0.2 },
  });
  stopStats = await startFakeStats(cluster, 'node-a', () => cores);
}, 60_000);
afterAll(async () => {
  stopStats?.();
  await cluster?.stop();
});

async function deploy(spec: Partial<HorizontalPodAutoscaler['spec']>) {
  const namespace = await cluster.namespace('hpa');
  const labels = { app: namespace };
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
  await cluster.of('deployments').create({
    metadata: { name: 'd', namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await cluster.of('horizontalPodAutoscalers').create({
    metadata: { name: 'h', namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, minReplicas: 1, maxReplicas: 3, ...spec },
  });
  return {
    namespace,
    replicas: async () => (await cluster.of('deployments').get({ namespace, name: 'd' })).spec.replicas as number,
    hpa: () =>
      cluster
        .of<HorizontalPodAutoscaler & { apiVersion: string; kind: string }>('horizontalPodAutoscalers')
        .get({ namespace, name: 'h' }),
  };
}
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const condition = (hpa: HorizontalPodAutoscaler, type: string) => hpa.status?.conditions?.find((c) => c.type === type);

test('load takes a deployment to its maximum and silence back to its minimum', async () => {
  cores = 0.2;
  const { namespace, replicas, hpa } = await deploy({
    metrics: [cpu(50)],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  });
  await eventually(async () => expect(await replicas()).toBe(3), 15);
  await eventually(async () => {
    const { status } = await hpa();
    expect(status).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });
    expect(status?.lastScaleTime).toBeDefined();
    expect(condition(await hpa(), 'ScalingActive')).toMatchObject({
      status: 'True',
      reason: 'ValidMetricFound',
      message: 'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    });
    expect(condition(await hpa(), 'ScalingLimited')).toMatchObject({ status: 'True', reason: 'TooManyReplicas' });
    expect(status?.currentMetrics?.[0]?.resource?.current.averageUtilization).toBeGreaterThan(100);
  });
  const event = 'SuccessfulRescale New size: 3; reason: cpu resource utilization (percentage of request) above target';
  await eventually(async () => expect(await cluster.events(namespace, 'h')).toContain(event));
  cores = 0;
  await eventually(async () => expect(await replicas()).toBe(1), 15);
  await eventually(async () =>
    expect(await cluster.events(namespace, 'h')).toContain('SuccessfulRescale New size: 1; reason: All metrics below target'),
  );
});

test('bounds hold without any metric', async () => {
  const { namespace, replicas } = await deploy({ minReplicas: 2, metrics: [cpu(50)] });
  await eventually(async () => expect(await replicas()).toBe(2));
  await eventually(async () =>
    expect(await cluster.events(namespace, 'h')).toContain(
      'SuccessfulRescale New size: 2; reason: Current number of replicas below Spec.MinReplicas',
    ),
  );
});

test('zero replicas switch it off', async () => {
  const { namespace, hpa } = await deploy({ metrics: [cpu(50)] });
  await cluster.of('deployments').patch({ namespace, name: 'd' }, { spec: { replicas: 0 } });
  await eventually(async () =>
    expect(condition(await hpa(), 'ScalingActive')).toMatchObject({ status: 'False', reason: 'ScalingDisabled' }),
  );
});

test('a metric that nobody serves is told in condition and events', async () => {
  const external = { metric: { name: 'queue' }, target: { type: 'Value', value: '10' } };
  const { namespace, hpa } = await deploy({ metrics: [{ type: 'External', external }] });
  await eventually(async () =>
    expect(condition(await hpa(), 'ScalingActive')).toMatchObject({ status: 'False', reason: 'FailedGetExternalMetric' }),
  );
  await eventually(async () => {
    const events = (await cluster.events(namespace, 'h')).join('\n');
    expect(events).toMatch(/FailedGetExternalMetric unable to get external metric .*\/queue\/nil: unable to fetch metrics/);
    expect(events).toMatch(
      /FailedComputeMetricsReplicas invalid metrics \(1 invalid out of 1\), first error is: failed to get queue/,
    );
  });
});

test('a missing target is told', async () => {
  const { namespace, hpa } = await deploy({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' },
    metrics: [cpu(50)],
  });
  await eventually(async () =>
    expect(condition(await hpa(), 'AbleToScale')).toMatchObject({ status: 'False', reason: 'FailedGetScale' }),
  );
  await eventually(async () =>
    expect(await cluster.events(namespace, 'h')).toContain('FailedGetScale deployments.apps "gone" not found'),
  );
});

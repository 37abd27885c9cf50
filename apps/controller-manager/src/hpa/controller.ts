import { keyOf } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { formatTime, setCondition } from '@windlass/meta';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition, MetricStatus, Pod, Scale } from '@windlass/resources';
import type { Owner } from '../shared/claim.ts';
import type { ControllerContext } from '../shared/context.ts';
import { semanticEqual } from '../shared/equal.ts';
import { kindFinder } from '../shared/kind-finder.ts';
import { refs } from '../shared/refs.ts';
import { tolerancesOf } from './behavior.ts';
import { combine } from './combine.ts';
import { type Decision, decide, decideWithoutMetrics } from './decide.ts';
import { type History, newHistory, pruned, withChange } from './history.ts';
import { evaluateMetric, MetricError } from './metrics.ts';
import { metricsSource } from './metrics-source.ts';
import { TargetSelectors } from './target-selectors.ts';

export interface HpaOptions {
  syncPeriodMs: number;
  downscaleStabilizationSeconds: number;
}
type Hpa = HorizontalPodAutoscaler & Owner;
/** Longest window and period that the API allows. */
const HISTORY_MS = 3_600_000;

/** Sizes workloads by their metrics, every sync period. */
export function hpaController(context: ControllerContext, options: HpaOptions): Controller {
  const { client, informers, logger, now } = context;
  const hpas = informers.informer<Hpa>(refs.horizontalPodAutoscalers);
  const pods = informers.informer<Pod>(refs.pods);
  const hpaClient = client.resource<Hpa>(refs.horizontalPodAutoscalers);
  const recorder = context.recorder('horizontal-pod-autoscaler');
  const source = metricsSource(client);
  const findKind = kindFinder(client);
  const histories = new Map<string, History>();
  const selectors = new TargetSelectors(pods.store);

  /** One look at one autoscaler: its status grows along the way and is written in the end, whatever happened. */
  const look = async (key: string, hpa: Hpa) => {
    const time = now();
    const { namespace = '' } = hpa.metadata;
    let conditions = hpa.status?.conditions ?? [];
    let outcome: { current?: number; desired?: number; metrics?: MetricStatus[]; rescaled?: boolean } = {};
    const set = (type: string, status: string, reason: string, message: string) => {
      conditions = setCondition<HorizontalPodAutoscalerCondition>(conditions, { type, status, reason, message }, time);
    };
    const fail = (reason: string, message: string): Error => {
      recorder.event(hpa, 'Warning', reason, message);
      return new Error(message);
    };
    const { kind, name, apiVersion } = hpa.spec.scaleTargetRef;
    const work = async () => {
      const reach = async <T>(call: () => Promise<T>, what: string): Promise<T> => {
        try {
          return await call();
        } catch (error) {
          const text = (error as Error).message;
          set(
            'AbleToScale',
            'False',
            'FailedGetScale',
            `the HPA controller was unable to get the target's current scale: ${text}`,
          );
          throw fail('FailedGetScale', what ? `${what}: ${text}` : text);
        }
      };
      const ref = await reach(() => findKind(kind, apiVersion), '');
      const targets = client.resource(ref);
      const scale = await reach(() => targets.subresource<Scale>({ namespace, name }, 'scale'), '');
      set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
      const current = scale.spec.replicas ?? 0;
      outcome = { current, desired: hpa.status?.desiredReplicas, metrics: hpa.status?.currentMetrics };
      const history = pruned(histories.get(key) ?? newHistory(current, time.getTime()), HISTORY_MS, time.getTime());
      histories.set(key, history);

      const decision = decideWithoutMetrics(hpa, current) ?? (await byMetrics(scale, current, history));
      for (const { type, status, reason, message } of decision.conditions) set(type, status, reason, message);
      if (decision.recommendation !== undefined)
        history.recommendations.push({ replicas: decision.recommendation, at: time.getTime() });
      outcome.desired = decision.replicas;
      if (decision.replicas === current) return;
      const size = `New size: ${decision.replicas}; reason: ${decision.reason}`;
      try {
        const body = { ...scale, spec: { ...scale.spec, replicas: decision.replicas } };
        await targets.subresource({ namespace, name }, 'scale', body, { method: 'PUT' });
      } catch (error) {
        const text = (error as Error).message;
        set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${text}`);
        throw fail('FailedRescale', `${size}; error: ${text}`);
      }
      const done = `the HPA controller was able to update the target scale to ${decision.replicas}`;
      set('AbleToScale', 'True', 'SucceededRescale', done);
      recorder.event(hpa, 'Normal', 'SuccessfulRescale', size);
      outcome.rescaled = true;
      histories.set(key, withChange(history, current, decision.replicas, time.getTime()));
    };

    const byMetrics = async (scale: Scale, current: number, history: History): Promise<Decision> => {
      const selected = selectors.podsOf(key, namespace, scale.status?.selector ?? '');
      if ('reason' in selected) {
        set('ScalingActive', 'False', selected.reason, selected.condition);
        throw fail(selected.event, selected.message);
      }
      const running = scale.status?.replicas ?? 0;
      const situation = { pods: selected.pods, current, running, tolerances: tolerancesOf(hpa), now: time.getTime() };
      const pluralOf = async (k: string, v: string | undefined) => (await findKind(k, v)).resource;
      const scope = { namespace, selector: scale.status?.selector ?? '', pluralOf };
      const outcomes = await Promise.all(
        (hpa.spec.metrics ?? []).map((metric) =>
          evaluateMetric(metric, situation, source, scope).catch((error: MetricError) => {
            recorder.event(hpa, 'Warning', error.reason, error.inner);
            return error;
          }),
        ),
      );
      outcome.metrics = outcomes.flatMap((o) => (o instanceof MetricError ? [] : [o.status]));
      const combined = combine(outcomes, current);
      if (combined.replicas === undefined) {
        const { status, reason, message } = combined.condition;
        set('ScalingActive', status, reason, message);
        throw fail('FailedComputeMetricsReplicas', combined.error ?? message);
      }
      const wanted = { ...combined, replicas: combined.replicas };
      return decide(hpa, history, current, wanted, options.downscaleStabilizationSeconds, time.getTime());
    };

    const failure = await work().catch((error: Error) => error);
    const status = {
      ...hpa.status,
      currentReplicas: outcome.current ?? hpa.status?.currentReplicas,
      desiredReplicas: outcome.desired ?? hpa.status?.desiredReplicas ?? 0,
      currentMetrics: outcome.metrics ?? hpa.status?.currentMetrics,
      lastScaleTime: outcome.rescaled ? formatTime(time) : hpa.status?.lastScaleTime,
      conditions,
    };
    if (!semanticEqual(hpa.status, status)) await hpaClient.updateStatus({ ...hpa, status });
    if (failure) logger.debug({ err: failure, key }, 'autoscaler');
  };

  return controller({
    name: 'horizontalpodautoscaler',
    workers: 5,
    logger,
    watches: [
      watch<Hpa>(hpas, (hpa, { old }) => (old && semanticEqual(old.spec, hpa.spec) ? [] : [keyOf(hpa)])),
      watch<Pod>(pods, () => []),
    ],
    reconcile: async (key) => {
      const hpa = hpas.store.get(key);
      if (!hpa) {
        histories.delete(key);
        selectors.forget(key);
        return;
      }
      await look(key, hpa);
      return { requeueAfterMs: options.syncPeriodMs };
    },
  });
}

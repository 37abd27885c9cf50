import { MetricError, type MetricResult } from './metrics.ts';

/** What all metrics together ask for. */
export interface Combined {
  /** Undefined: nothing may be done on what is known. */
  replicas?: number;
  metric: string;
  condition: { status: 'True' | 'False'; reason: string; message: string };
  /** Set when a metric failed. */
  error?: string;
}

/**
 * The highest proposal wins. With failed metrics the object may grow on what the others say, never shrink. (horizontal.go
 * computeReplicasForMetrics)
 */
export function combine(outcomes: readonly (MetricResult | MetricError)[], current: number): Combined {
  const failures = outcomes.filter((outcome): outcome is MetricError => outcome instanceof MetricError);
  let best: MetricResult | undefined;
  for (const outcome of outcomes)
    if (!(outcome instanceof MetricError) && (!best || best.replicas === 0 || outcome.replicas > best.replicas)) best = outcome;
  const [first] = failures;
  const error =
    first && `invalid metrics (${failures.length} invalid out of ${outcomes.length}), first error is: ${first.message}`;
  if (first && (!best || best.replicas < current)) {
    const message = `the HPA was unable to compute the replica count: ${first.inner}`;
    return { metric: '', condition: { status: 'False', reason: first.reason, message }, error };
  }
  const metric = best?.name ?? '';
  const message = `the HPA was able to successfully calculate a replica count from ${metric}`;
  return { replicas: best?.replicas ?? 0, metric, condition: { status: 'True', reason: 'ValidMetricFound', message }, error };
}

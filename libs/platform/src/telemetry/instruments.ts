import { type Attributes, type Counter, type Histogram, metrics, type UpDownCounter } from '@opentelemetry/api';

/** Seconds; as kube-apiserver's request histogram, shortened. */
export const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const meter = () => metrics.getMeter('windlass');

/** Instruments bind to the meter provider when first used, so that a module may declare them before telemetry starts. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A counter named as Prometheus shows it (`…_total`). */
export function counter(name: string, description: string): (value: number, attributes?: Attributes) => void {
  const instrument = lazily<Counter>(() => meter().createCounter(name, { description }));
  return (value, attributes) => instrument().add(value, attributes);
}

/** A histogram of seconds (`…_seconds`). */
export function secondsHistogram(name: string, description: string): (seconds: number, attributes?: Attributes) => void {
  const instrument = lazily<Histogram>(() =>
    meter().createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS_BUCKETS } }),
  );
  return (seconds, attributes) => instrument().record(seconds, attributes);
}

/** A number that goes up and down. */
export function gauge(name: string, description: string): (change: number, attributes?: Attributes) => void {
  const instrument = lazily<UpDownCounter>(() => meter().createUpDownCounter(name, { description }));
  return (change, attributes) => instrument().add(change, attributes);
}

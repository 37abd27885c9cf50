export { counter, gauge, secondsHistogram } from './instruments.ts';
export { PROMETHEUS_CONTENT_TYPE } from './serve-metrics.ts';
export { injectTrace, traced, tracedRequest } from './span.ts';
export {
  metricsText,
  startTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from './start-telemetry.ts';

export { counter, gauge, secondsHistogram } from './instruments.ts';
export { injectTrace, traced, tracedRequest } from './span.ts';
export {
  metricsText,
  PROMETHEUS_CONTENT_TYPE,
  startTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from './start-telemetry.ts';

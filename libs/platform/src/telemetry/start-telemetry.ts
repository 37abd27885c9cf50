import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { enableTracing } from './span.ts';

export interface TelemetryOptions {
  /** `service.name` of every span and metric. */
  service: string;
  /** Keep metrics for {@link metricsText} even when nothing in the environment asks for telemetry. */
  prometheus?: boolean;
}

export interface Telemetry {
  /** `host:port` on which /metrics is served, when asked for by WINDLASS_METRICS_ADDRESS. */
  address?: string;
  stop(): Promise<void>;
}

let collect: (() => Promise<string>) | undefined;

/** All metrics of this process in Prometheus' text format; empty when telemetry is off. */
export const metricsText = async (): Promise<string> => (await collect?.()) ?? '';

/**
 * Starts OpenTelemetry as the environment says: `OTEL_EXPORTER_OTLP_ENDPOINT` (spans and metrics over OTLP/HTTP; the standard OTEL_* variables
 * hold), `WINDLASS_METRICS_ADDRESS=host:port` (Prometheus). When neither is set and no metrics are wanted, no SDK is loaded and every
 * instrument is OpenTelemetry's no-op.
 */
export async function startTelemetry({ service, prometheus = false }: TelemetryOptions): Promise<Telemetry> {
  const otlp = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const address = process.env.WINDLASS_METRICS_ADDRESS;
  if (process.env.OTEL_SDK_DISABLED === 'true' || !(otlp || address || prometheus)) return { stop: async () => {} };
  const stops: (() => Promise<void>)[] = [];
  const { resourceFromAttributes, defaultResource } = await import('@opentelemetry/resources');
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': service, 'process.pid': process.pid }));
  const { MeterProvider, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics');
  const { PrometheusExporter, PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  const pull = new PrometheusExporter({ preventServerStart: true });
  const readers: ConstructorParameters<typeof MeterProvider>[0] = { resource, readers: [pull] };
  if (otlp) {
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
    readers.readers!.push(new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() }));
    stops.push(await startTracing(resource));
  }
  const meters = new MeterProvider(readers);
  metrics.setGlobalMeterProvider(meters);
  const serializer = new PrometheusSerializer();
  collect = async () => serializer.serialize((await pull.collect()).resourceMetrics);
  stops.push(() => meters.shutdown());
  if (address) {
    const { serveMetrics } = await import('./serve-metrics.ts');
    stops.push(await serveMetrics(address, metricsText));
  }
  return {
    address,
    stop: async () => {
      await Promise.allSettled(stops.map((stop) => stop()));
    },
  };
}

async function startTracing(resource: import('@opentelemetry/resources').Resource): Promise<() => Promise<void>> {
  const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  enableTracing();
  return () => provider.shutdown();
}

import { type Attributes, context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

let tracing = false;

/** Called once by startTelemetry when spans go somewhere. */
export const enableTracing = (): void => {
  tracing = true;
};

/** Runs `work` in a span of the current trace; its failure becomes the span's. Without an exporter it only calls `work`. */
export function traced<T>(name: string, attributes: Attributes, work: (span?: Span) => Promise<T>): Promise<T> {
  if (!tracing) return work();
  return trace.getTracer('windlass').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error)?.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** As {@link traced}, under the caller's trace that a request's headers name (W3C Trace Context). */
export function tracedRequest<T>(
  headers: Record<string, string | string[] | undefined>,
  name: string,
  attributes: Attributes,
  work: (span?: Span) => Promise<T>,
): Promise<T> {
  if (!tracing) return work();
  return context.with(propagation.extract(context.active(), headers), () => traced(name, attributes, work));
}

/** Adds the current trace to the headers of an outgoing request. */
export function injectTrace(headers: Record<string, string | number>): void {
  if (tracing) propagation.inject(context.active(), headers);
}

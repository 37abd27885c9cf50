import http from 'node:http';
import { counter, injectTrace, metricsText, secondsHistogram, startTelemetry, traced, tracedRequest } from './index.ts';

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status?: { code?: number };
}

test('off: work runs, and nothing is kept', async () => {
  const { stop } = await startTelemetry({ service: 'off' });
  expect(await traced('work', {}, async (span) => span ?? 'no span')).toBe('no span');
  const headers = {};
  injectTrace(headers);
  expect(headers).toEqual({});
  expect(await metricsText()).toBe('');
  await stop();
});

test('spans go to the collector with their parents, metrics to Prometheus', async () => {
  const received: Buffer[] = [];
  const collector = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v1/traces') received.push(Buffer.concat(chunks));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as { port: number };
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
  try {
    const telemetry = await startTelemetry({ service: 'spec' });
    const requests = counter('spec_requests_total', 'requests');
    const seconds = secondsHistogram('spec_duration_seconds', 'time');
    let outgoing: Record<string, string> = {};
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await tracedRequest({ traceparent: parent }, 'outer', {}, async () => {
      requests(2, { code: 200 });
      seconds(0.02);
      await traced('inner', {}, async () => {
        outgoing = {};
        injectTrace(outgoing);
      });
      await traced('broken', {}, () => Promise.reject(new Error('on purpose'))).catch(() => {});
    });
    const text = await metricsText();
    expect(text).toMatch(/^spec_requests_total\{.*code="200".*\} 2$/m);
    expect(text).toMatch(/^spec_duration_seconds_bucket\{.*le="0.025".*\} 1$/m);
    await telemetry.stop();
    const spans = received.flatMap((body) =>
      (JSON.parse(body.toString()).resourceSpans as { scopeSpans: { spans: OtlpSpan[] }[] }[]).flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans),
      ),
    );
    const named = (name: string) => spans.find((span) => span.name === name)!;
    expect(named('outer')).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
    expect(named('inner').parentSpanId).toBe(named('outer').spanId);
    expect(outgoing.traceparent).toBe(`00-${named('outer').traceId}-${named('inner').spanId}-01`);
    expect(named('broken').status?.code).toBe(2);
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    collector.close();
  }
});

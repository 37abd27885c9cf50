import { FluentServer } from '@fluent-org/logger';
import { FluentdSink } from './fluentd.ts';
import type { LogRecord } from './sink.ts';

const record = (message: string, more: Partial<LogRecord> = {}): LogRecord => ({
  time: '2026-01-02T03:04:05.123456789Z',
  stream: 'stdout',
  message,
  partial: false,
  namespace: 'shop',
  pod: 'web-1',
  podUid: 'u1',
  container: 'app',
  containerId: 'c1',
  image: 'img:1',
  node: 'node-1',
  labels: { app: 'web' },
  ...more,
});

describe('FluentdSink', () => {
  it('delivers records with tag, time and fields, and resolves on the acknowledgement', async () => {
    const server = new FluentServer({ listenOptions: { port: 0, host: '127.0.0.1' } });
    await server.listen();
    const got: [string, unknown, Record<string, unknown>][] = [];
    server.on('entry', (tag: string, time: unknown, data: Record<string, unknown>) => got.push([tag, time, data]));
    const sink = new FluentdSink({ host: '127.0.0.1', port: server.port! });
    await sink.send([record('one'), record('two', { container: 'side', stream: 'stderr' })], AbortSignal.timeout(5000));
    sink.close();
    await server.close();
    expect(got.map(([tag, , data]) => [tag, data.log, data.source])).toEqual([
      ['windlass.shop.web-1.app', 'one', 'stdout'],
      ['windlass.shop.web-1.side', 'two', 'stderr'],
    ]);
    expect(got[0]![2].kubernetes).toEqual({
      namespace_name: 'shop',
      pod_name: 'web-1',
      pod_id: 'u1',
      container_name: 'app',
      container_image: 'img:1',
      host: 'node-1',
      labels: { app: 'web' },
    });
  });

  it('rejects when nobody listens, and when the server never acknowledges', async () => {
    const { createServer } = await import('node:net');
    const mute = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const port = (mute.address() as { port: number }).port;
    const sink = new FluentdSink({ host: '127.0.0.1', port, ackTimeoutMs: 100 });
    await expect(sink.send([record('x')], AbortSignal.timeout(5000))).rejects.toThrow(/acknowledgement/);
    await new Promise<unknown>((resolve) => mute.close(resolve));
    await expect(sink.send([record('x')], AbortSignal.timeout(5000))).rejects.toThrow(/ECONNREFUSED/);
  });
});

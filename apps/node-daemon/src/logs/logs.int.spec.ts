import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FluentServer } from '@fluent-org/logger';
import { createLogger, sleep } from '@windlass/platform';
import { type Logs, startLogs } from './start-logs.ts';

const line = (text: string) => `2026-01-01T00:00:00.000000001Z stdout F ${text}\n`;

describe('startLogs', () => {
  let dir: string;
  let logs: Logs | undefined;
  let server: FluentServer | undefined;
  let port = 0;
  const got: string[] = [];
  const listen = async (at = 0) => {
    server = new FluentServer({ listenOptions: { port: at, host: '127.0.0.1' } });
    server.on('entry', (_tag: string, _time: unknown, data: { log: string }) => got.push(data.log));
    await server.listen();
    port = server.port!;
  };
  const start = () => {
    logs = startLogs({
      config: { drivers: { central: { type: 'fluentd', host: '127.0.0.1', port, ackTimeoutMs: 500 } }, default: ['central'] },
      node: 'n',
      podLogsDir: path.join(dir, 'pods'),
      stateDir: dir,
      pod: () => ({ labels: {}, annotations: {}, container: () => undefined }),
      logger: createLogger('test', 'silent'),
      intervalMs: 10,
    });
  };
  const until = async (what: () => boolean) => {
    for (let i = 0; i < 400 && !what(); i++) await sleep(20);
  };
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'logs-'));
    mkdirSync(path.join(dir, 'pods/ns_p_u1/c'), { recursive: true });
    got.length = 0;
  });
  afterEach(async () => {
    await logs?.stop();
    await server?.close();
    rmSync(dir, { recursive: true });
  });

  it('loses nothing over a rotation, an absent sink and a restart, and repeats nothing that was acknowledged and saved', async () => {
    await listen();
    const file = path.join(dir, 'pods/ns_p_u1/c/0.log');
    appendFileSync(file, line('1') + line('2'));
    start();
    await until(() => got.length === 2);
    await server!.close();
    appendFileSync(file, line('3'));
    renameSync(file, `${file}.20260101-000000`);
    appendFileSync(file, line('4'));
    await sleep(100);
    expect(await logs!.mayRemove('u1')).toBe(false);
    await logs!.stop();
    appendFileSync(file, `${line('5')}2026-01-01T00:00:00Z stdout F unfini`);
    await listen(port);
    start();
    await until(() => got.length >= 5);
    appendFileSync(file, 'shed\n');
    await until(() => got.length >= 6);
    expect(got).toEqual(['1', '2', '3', '4', '5', 'unfinished']);
    let may = false;
    for (let i = 0; i < 50 && !may; i++, await sleep(20)) may = await logs!.mayRemove('u1');
    expect(may).toBe(true);
  });
});

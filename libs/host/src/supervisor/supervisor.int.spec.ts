import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, sleep } from '@windlass/platform';
import { nextRestart } from './backoff.ts';
import { isAlive, processId, readPidFile } from './process-id.ts';
import { type ProcessSpec, Supervisor } from './supervisor.ts';

const until = async (what: () => boolean) => {
  for (let i = 0; i < 250 && !what(); i++) await sleep(20);
  expect(what()).toBe(true);
};

describe('Supervisor', () => {
  let dir: string;
  let supervisor: Supervisor;
  const spec = (name: string, script: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
    name,
    command: '/bin/sh',
    args: ['-c', script],
    logFile: path.join(dir, `${name}.log`),
    pidFile: path.join(dir, `${name}.pid`),
    ...more,
  });
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'supervisor-'));
    supervisor = new Supervisor(createLogger('test', 'silent'));
  });
  afterEach(async () => {
    await supervisor.stop();
    rmSync(dir, { recursive: true });
  });

  it('waits until ready and starts a killed process again', async () => {
    const marker = path.join(dir, 'up');
    await supervisor.start(spec('a', `sleep 0.1; touch ${marker}; exec sleep 60`, { ready: async () => existsSync(marker) }));
    const first = supervisor.states()[0]!.pid!;
    process.kill(first, 'SIGKILL');
    await until(() => supervisor.states()[0]!.pid !== first && supervisor.states()[0]!.pid !== undefined);
    expect(supervisor.states()[0]!.restarts).toBe(1);
    await until(() => readPidFile(path.join(dir, 'a.pid'))?.pid === supervisor.states()[0]!.pid);
  });

  it('ends what an earlier supervisor left and kills what ignores SIGTERM', async () => {
    await supervisor.start(spec('a', `trap '' TERM; echo started; while :; do sleep 1; done`, { stopGraceMs: 100 }));
    await until(() => existsSync(path.join(dir, 'a.log')) && readFileSync(path.join(dir, 'a.log'), 'utf8').includes('started'));
    const left = processId(supervisor.states()[0]!.pid!)!;
    const next = new Supervisor(createLogger('test', 'silent'));
    await next.start(spec('a', 'exec sleep 60', { stopGraceMs: 100 }));
    expect(isAlive(left)).toBe(false);
    await next.stop();
    expect(existsSync(path.join(dir, 'a.pid'))).toBe(false);
  });

  it('says which process is not ready and where its log is', async () => {
    await expect(
      supervisor.start(spec('slow', 'exec sleep 60', { ready: async () => false, readyTimeoutMs: 50 })),
    ).rejects.toThrow(/slow is not ready: see .*slow\.log/);
  });
});

it('restart delays grow, stop at 10 s and start over after a long run', () => {
  expect([nextRestart(0, 5), nextRestart(200, 5), nextRestart(8000, 5), nextRestart(8000, 60_000)]).toEqual([
    200, 400, 10_000, 200,
  ]);
});

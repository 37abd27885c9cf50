import { CommandError, run, spawnProcess, succeeds } from './index.ts';

describe('run', () => {
  test('passes input and collects both outputs', async () => {
    const result = await run('sh', ['-c', 'cat; echo problem >&2'], { input: 'grüße' });
    expect(result).toEqual({ stdout: 'grüße', stderr: 'problem\n', code: 0 });
  });

  test('an unexpected code is an error that carries code and stderr', async () => {
    const failure = await run('sh', ['-c', 'echo bad thing >&2; exit 3']).catch((error) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(failure.code).toBe(3);
    expect(failure.message).toMatch(/exit code 3: bad thing$/);
  });

  test('accepted codes', async () => {
    expect((await run('sh', ['-c', 'exit 3'], { okCodes: [3] })).code).toBe(3);
    await expect(run('sh', ['-c', 'exit 4'], { okCodes: [3] })).rejects.toThrow('exit code 4');
    expect((await run('sh', ['-c', 'exit 4'], { okCodes: 'any' })).code).toBe(4);
    expect(await succeeds('false')).toBe(false);
    expect(await succeeds('true')).toBe(true);
  });

  test('a missing program', async () => {
    await expect(run('/no/such/program')).rejects.toThrow('/no/such/program: no such program');
  });

  test('time limit and abort end the command', async () => {
    await expect(run('sleep', ['60'], { timeoutMs: 30 })).rejects.toThrow('no end within 30 ms');
    await expect(run('sleep', ['60'], { signal: AbortSignal.timeout(30) })).rejects.toThrow('aborted');
    await expect(run('sleep', ['60'], { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  test('does not wait for a background child that keeps the pipes', async () => {
    const started = Date.now();
    const { stdout } = await run('sh', ['-c', 'sleep 5 & echo $!']);
    expect(Date.now() - started).toBeLessThan(4000);
    process.kill(Number(stdout));
  });

  test('input that nobody reads is no error', async () => {
    expect((await run('true', [], { input: 'x'.repeat(1 << 20) })).code).toBe(0);
  });
});

describe('spawnProcess', () => {
  test('stops with SIGTERM, then SIGKILL, children included', async () => {
    const polite = await spawnProcess('sleep', ['60']);
    expect(await polite.stop()).toEqual({ code: undefined, signal: 'SIGTERM' });
    expect(polite.running).toBe(false);
    const deaf = await spawnProcess('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done']);
    while (!deaf.output()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await deaf.stop(50)).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('a missing program', async () => {
    await expect(spawnProcess('/no/such/program')).rejects.toThrow('no such program');
  });
});

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { FIXTURE_VARIABLE, type Fixture } from './fixture.ts';
import { windlass } from './windlass.ts';

/** Takes the cluster down and checks that nothing of it is left. */
export default async function teardown(): Promise<void> {
  const file = process.env[FIXTURE_VARIABLE];
  if (!file || !existsSync(file)) return;
  const { stateDir, journaldPid } = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
  if (process.env.WINDLASS_E2E_KEEP) return;
  await windlass(['down', '--state-dir', stateDir]);
  if (journaldPid) process.kill(journaldPid, 'SIGTERM');
  rmSync(stateDir, { recursive: true, force: true });
}

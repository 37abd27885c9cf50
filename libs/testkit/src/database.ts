import { randomBytes } from 'node:crypto';
import { type EmbeddedPostgres, startTemporaryPostgres } from '@windlass/host';
import { createDatabase, dropDatabase } from '@windlass/store';

export interface FreshDatabase {
  url: string;
  drop(): Promise<void>;
}

let shared: Promise<EmbeddedPostgres> | undefined;

/** URL of a server on which databases may be made: `WINDLASS_TEST_DATABASE_URL`, or a throw-away one of this process. */
async function adminUrl(): Promise<string> {
  const external = process.env.WINDLASS_TEST_DATABASE_URL;
  if (external) return external;
  shared ??= startTemporaryPostgres();
  return (await shared).url;
}

/** An empty database of the caller's own, about 50 ms after the first. Call {@link stopDatabases} in `afterAll`. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const admin = await adminUrl();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(admin, name);
  return { url, drop: () => dropDatabase(admin, name) };
}

/** Ends the throw-away server, if one was started. */
export async function stopDatabases(): Promise<void> {
  const server = shared;
  shared = undefined;
  await (await server)?.stop();
}

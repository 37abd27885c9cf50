import type { ApiServerConfig } from '@windlass/api-server';
import { startTestApiServer, type TestApiServer } from './api-server.ts';
import { stopDatabases } from './database.ts';
import { type HttpClient, httpClient } from './http.ts';

/** What the tests of a file share; there from `beforeAll` to `afterAll`. */
export interface ApiUnderTest {
  readonly server: TestApiServer;
  readonly http: HttpClient;
}

/** An API server with a fresh database for the tests of this file. To be called before the file's own hooks: theirs run after these. */
export function useApiServer(overrides?: Partial<ApiServerConfig>): ApiUnderTest {
  let server: TestApiServer | undefined;
  let http: HttpClient | undefined;
  beforeAll(async () => {
    server = await startTestApiServer(overrides);
    http = httpClient(server);
  }, 60_000);
  afterAll(async () => {
    http?.close();
    await server?.stop();
    await stopDatabases();
  }, 60_000);
  return {
    get server() {
      return server!;
    },
    get http() {
      return http!;
    },
  };
}

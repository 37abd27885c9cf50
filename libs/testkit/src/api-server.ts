import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ApiServer, type ApiServerConfig, startApiServer } from '@windlass/api-server';
import { type Client, createClient } from '@windlass/client';
import { issueClientCertificate, writeKubeconfig } from '@windlass/pki';
import { createLogger } from '@windlass/platform';
import { freshDatabase } from './database.ts';

/** Bearer token of a member of `system:masters`. */
export const ADMIN_TOKEN = 'admin-token';

export interface TestApiServer extends ApiServer {
  databaseUrl: string;
  /** Temporary; holds pki/ and tokens.csv. */
  directory: string;
  /** As `admin` of `system:masters`. Closed by `stop`. */
  admin: Client;
  /** Writes a kubeconfig with a client certificate. @returns its path */
  kubeconfig(user: string, groups: string[]): Promise<string>;
  /** A client of another user. The caller closes it. */
  clientOf(user: string, groups?: string[]): Promise<Client>;
}

/** A real API server in this process on a fresh database, about 0.5 s. `stop` drops the database; call {@link stopDatabases} at the end. */
export async function startTestApiServer(overrides: Partial<ApiServerConfig> = {}): Promise<TestApiServer> {
  const database = overrides.databaseUrl ? undefined : await freshDatabase();
  const databaseUrl = overrides.databaseUrl ?? database!.url;
  const directory = await mkdtemp(path.join(tmpdir(), 'windlass-api-'));
  const tokensFile = path.join(directory, 'tokens.csv');
  await writeFile(tokensFile, `${ADMIN_TOKEN},admin,admin,"system:masters"\n`);
  const logger = createLogger('api-server', process.env.WINDLASS_TEST_LOG ?? 'silent');
  const server = await startApiServer(
    {
      databaseUrl,
      listen: { host: '127.0.0.1', port: 0 },
      pkiDir: path.join(directory, 'pki'),
      serviceCidr: '10.96.0.0/16',
      tokensFile,
      ...overrides,
    },
    logger,
  );
  const kubeconfig = async (user: string, groups: string[]) => {
    const { cert, key } = await issueClientCertificate(server.pki, { user, groups, days: 1 });
    const file = path.join(directory, `${user.replaceAll(/[^a-z0-9-]/gi, '_')}.conf`);
    await writeKubeconfig(file, { server: server.url, ca: server.pki.caCert, cert, key, context: 'test' });
    return file;
  };
  const admin = createClient({ server: server.url, ca: server.pki.caCert, token: ADMIN_TOKEN });
  return {
    ...server,
    databaseUrl,
    directory,
    admin,
    kubeconfig,
    clientOf: async (user, groups = []) => createClient(await kubeconfig(user, groups)),
    async stop() {
      admin.close();
      await server.stop();
      await database?.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

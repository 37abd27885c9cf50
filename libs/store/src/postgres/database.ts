import pg from 'pg';
import { clientConfig } from './connect.ts';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function administer(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client(clientConfig(adminUrl, 'windlass/admin'));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Creates an empty database beside the one that `adminUrl` names. @returns its URL */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  await administer(adminUrl, `CREATE DATABASE ${quoted(name)} TEMPLATE template0 STRATEGY file_copy`);
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

/** Drops it, disconnecting whoever uses it. */
export const dropDatabase = (adminUrl: string, name: string): Promise<void> =>
  administer(adminUrl, `DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);

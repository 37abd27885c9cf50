import { randomInt } from 'node:crypto';
import { type Client, isNotFound } from '@windlass/client';
import { type AnyObject, humanDuration, parseDuration } from '@windlass/meta';
import { BOOTSTRAP_TOKEN_TYPE, bootstrapSecretName, parseBootstrapToken, type Secret } from '@windlass/resources';
import { adminClient } from '../cluster/api.ts';
import { savedOptions } from '../cluster/state.ts';
import { tokenMistakes, tokenRow, tokenSecret } from '../token/token-secret.ts';

const SECRETS = { group: '', version: 'v1', resource: 'secrets', namespaced: true, kind: 'Secret' } as const;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

const random = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

async function withAdmin(stateDir: string, work: (client: Client) => Promise<void>): Promise<void> {
  if (!savedOptions(stateDir)) throw new Error(`no cluster in ${stateDir}: run windlass up or windlass server first`);
  const client = adminClient(stateDir);
  try {
    await work(client);
  } finally {
    client.close();
  }
}

export interface CreateTokenFlags {
  stateDir: string;
  /** As Go writes times. */
  ttl: string;
  usages: string;
  groups: string;
  description?: string;
}

/** Makes a bootstrap token, with which a machine may join, and prints it. @param text default: a random one */
export async function createToken(text: string | undefined, flags: CreateTokenFlags, say: (line: string) => void): Promise<void> {
  const token = text === undefined ? { id: random(6), secret: random(16) } : parseBootstrapToken(text);
  if (!token) throw new Error(`token ${text}: want six and sixteen lower case letters and digits, as in abcdef.0123456789abcdef`);
  const list = (value: string) => value.split(',').filter(Boolean);
  const ttlMs = parseDuration(flags.ttl);
  const options = { ttlMs, usages: list(flags.usages), groups: list(flags.groups), description: flags.description };
  const mistakes = tokenMistakes(options);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  await withAdmin(flags.stateDir, async (client) => {
    await client.resource<AnyObject>(SECRETS).create(tokenSecret(token, options, new Date()) as unknown as AnyObject);
  });
  say(`${token.id}.${token.secret}`);
}

/** Prints the bootstrap tokens as kubeadm does. */
export async function listTokens(stateDir: string, say: (line: string) => void): Promise<void> {
  await withAdmin(stateDir, async (client) => {
    const options = { namespace: 'kube-system', fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}` };
    const { items } = await client.resource<Secret>(SECRETS).list(options);
    const rows = items.flatMap((secret) => tokenRow(secret, new Date()) ?? []);
    const lines = rows.map(({ token, leftMs, expires, usages, description, groups }) => [
      token,
      leftMs === undefined ? '<forever>' : leftMs === 0 ? '<invalid>' : humanDuration(leftMs),
      expires ?? '<never>',
      usages.join(',') || '<none>',
      description || '<none>',
      groups || '<none>',
    ]);
    const table = [['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'], ...lines];
    const widths = table[0]!.map((_, i) => Math.max(...table.map((line) => line[i]!.length)));
    for (const line of table)
      say(
        line
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('   ')
          .trimEnd(),
      );
  });
}

/** Takes bootstrap tokens away, by their ids or whole. */
export async function deleteTokens(texts: readonly string[], stateDir: string, say: (line: string) => void): Promise<void> {
  await withAdmin(stateDir, async (client) => {
    for (const text of texts) {
      const id = parseBootstrapToken(text)?.id ?? /^[a-z0-9]{6}$/.exec(text)?.[0];
      if (!id) throw new Error(`token ${text}: want its id of six lower case letters and digits, or the token`);
      try {
        await client.resource(SECRETS).delete({ namespace: 'kube-system', name: bootstrapSecretName(id) });
      } catch (error) {
        throw isNotFound(error) ? new Error(`no bootstrap token ${id}`) : error;
      }
      say(`bootstrap token ${JSON.stringify(id)} deleted`);
    }
  });
}

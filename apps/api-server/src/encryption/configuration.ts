import { readFileSync } from 'node:fs';
import { type FieldError, fieldError, type Path, path as root } from '@windlass/meta';
import { type ConfigurationKind, parseConfiguration } from '../configuration/parse.ts';
import type { Shape } from '../configuration/shape.ts';
import { aesCbc, aesGcm, type Cipher } from './ciphers.ts';

/** A way to keep texts: under a prefix that names it, or (identity) as they are. */
export type Provider = { prefix: string; cipher: Cipher } | 'identity';

/** Which resources are kept how: the first provider writes, all read. */
export interface ResourceEncryption {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` (core), `*.*`. */
  resources: readonly string[];
  providers: readonly Provider[];
}

const KEYS: Shape = { keys: [{ name: true, secret: true }] };
const CIPHERS = {
  aesgcm: { make: aesGcm, lengths: [16, 24, 32] },
  aescbc: { make: aesCbc, lengths: [16, 24, 32] },
};

interface Keys {
  keys?: { name?: string; secret?: string }[];
}

interface File {
  resources?: { resources?: string[]; providers?: Record<string, Keys>[] }[];
}

function keyedProviders(kind: keyof typeof CIPHERS, { keys = [] }: Keys, at: Path, errors: FieldError[]): Provider[] {
  const list = at.child('keys');
  const { make, lengths } = CIPHERS[kind];
  if (keys.length === 0) errors.push(fieldError.required(list, 'keys is a required field'));
  return keys.flatMap(({ name = '', secret = '' }, i): Provider[] => {
    const there = list.index(i);
    if (!name) errors.push(fieldError.required(there.child('name'), 'key name is a required field'));
    else if (name.includes(':')) errors.push(fieldError.invalid(there.child('name'), name, 'must not contain a colon'));
    if (keys.findIndex((other) => other.name === name) < i) errors.push(fieldError.duplicate(there.child('name'), name));
    const bytes = Buffer.from(secret, 'base64');
    // The text of a secret is never shown.
    if (!secret) errors.push(fieldError.required(there.child('secret'), 'secret is a required field'));
    else if (bytes.toString('base64').replace(/=+$/, '') !== secret.replace(/=+$/, ''))
      errors.push(fieldError.invalid(there.child('secret'), 'REDACTED', 'secrets must be base64 encoded'));
    else if (!lengths.includes(bytes.length))
      errors.push(
        fieldError.invalid(
          there.child('secret'),
          'REDACTED',
          `secret is not of the expected length, got ${bytes.length}, expected one of [${lengths.join(' ')}]`,
        ),
      );
    else return [{ prefix: `k8s:enc:${kind}:v1:${name}:`, cipher: make(bytes) }];
    return [];
  });
}

function providersOf(given: Record<string, Keys>[], at: Path, errors: FieldError[]): Provider[] {
  if (given.length === 0) errors.push(fieldError.required(at, 'at least one provider is required'));
  return given.flatMap((provider, i): Provider[] => {
    const there = at.index(i);
    const kinds = Object.keys(provider);
    if (kinds.length !== 1) {
      const text =
        kinds.length === 0
          ? 'provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity'
          : 'more than one provider specified in a single element, should split into different list elements';
      errors.push(fieldError.invalid(there, kinds.join(', '), text));
      return [];
    }
    const kind = kinds[0]!;
    if (kind === 'identity') return ['identity'];
    if (kind === 'aesgcm' || kind === 'aescbc') return keyedProviders(kind, provider[kind] ?? {}, there.child(kind), errors);
    errors.push(fieldError.forbidden(there.child(kind), 'this server knows aesgcm, aescbc and identity'));
    return [];
  });
}

const ENCRYPTION: ConfigurationKind<File, ResourceEncryption[]> = {
  kind: 'EncryptionConfiguration',
  versions: ['v1'],
  shape: {
    resources: [{ resources: [true], providers: [{ aesgcm: KEYS, aescbc: KEYS, identity: {}, secretbox: true, kms: true }] }],
  },
  read(file, errors) {
    const given = file.resources ?? [];
    const at = root('resources');
    if (given.length === 0) errors.push(fieldError.required(at, 'at least one resource configuration is required'));
    return given.map(({ resources = [], providers = [] }, i) => {
      const there = at.index(i);
      if (resources.length === 0) errors.push(fieldError.required(there.child('resources'), 'at least one resource is required'));
      for (const [j, resource] of resources.entries())
        if (!/^(\*|[a-z][a-z0-9-]*)(\.[a-z0-9.*-]*)?$/.test(resource) || resource === '*')
          errors.push(
            fieldError.invalid(
              there.child('resources').index(j),
              resource,
              "want resources such as 'secrets', 'deployments.apps', '*.apps', '*.' or '*.*'",
            ),
          );
      return { resources, providers: providersOf(providers, there.child('providers'), errors) };
    });
  },
};

/** @throws Error as {@link parseConfiguration} */
export const parseEncryptionConfiguration = (text: string): ResourceEncryption[] => parseConfiguration(text, ENCRYPTION);

export const readEncryptionConfiguration = (file: string): ResourceEncryption[] =>
  parseEncryptionConfiguration(readFileSync(file, 'utf8'));

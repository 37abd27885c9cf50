import { type FieldError, fieldError, path, validateConfigMapKey } from '@windlass/meta';
import { frozenFields } from '../fields/frozen.ts';
import { immutable } from '../fields/immutable.ts';
import { goJsonError } from '../fields/json-text.ts';
import { textErrors } from '../fields/names.ts';
import { base64Length } from '../fields/sizes.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { metadataFields } from '../generic/selectable.ts';
import type { Secret } from '../types.gen.ts';
import { MAX_DATA_BYTES } from './config-maps.ts';

const DATA = path('data');
const REDACTED = '<secret contents redacted>';
const SERVICE_ACCOUNT = 'kubernetes.io/service-account.name';

const needKey = (secret: Secret, key: string): FieldError[] =>
  secret.data && Object.hasOwn(secret.data, key) ? [] : [fieldError.required(DATA.key(key))];

/** The key is there, and holds a JSON object. */
function needJson(secret: Secret, key: string): FieldError[] {
  const missing = needKey(secret, key);
  if (missing.length > 0) return missing;
  const error = goJsonError(Buffer.from(secret.data![key]!, 'base64').toString(), 'map[string]interface {}');
  return error ? [fieldError.invalid(DATA.key(key), REDACTED, error)] : [];
}

/** What the known types want to find. */
const TYPES = new Map<string, (secret: Secret) => FieldError[]>(
  Object.entries<(secret: Secret) => FieldError[]>({
    'kubernetes.io/service-account-token': ({ metadata }) =>
      metadata.annotations?.[SERVICE_ACCOUNT] ? [] : [fieldError.required(path('metadata', 'annotations').key(SERVICE_ACCOUNT))],
    'kubernetes.io/dockercfg': (secret) => needJson(secret, '.dockercfg'),
    'kubernetes.io/dockerconfigjson': (secret) => needJson(secret, '.dockerconfigjson'),
    'kubernetes.io/basic-auth': (secret) => {
      const missing = [...needKey(secret, 'username'), ...needKey(secret, 'password')];
      return missing.length === 2 ? missing : [];
    },
    'kubernetes.io/ssh-auth': ({ data }) => (data?.['ssh-privatekey'] ? [] : [fieldError.required(DATA.key('ssh-privatekey'))]),
    'kubernetes.io/tls': (secret) => [...needKey(secret, 'tls.crt'), ...needKey(secret, 'tls.key')],
  }),
);

function validateSecret(secret: Secret): FieldError[] {
  const entries = Object.entries(secret.data ?? {});
  const errors = entries.flatMap(([key]) => textErrors(validateConfigMapKey, key, DATA.key(key)));
  const size = entries.reduce((sum, [, value]) => sum + base64Length(value), 0);
  if (size > MAX_DATA_BYTES) errors.push(fieldError.tooLong(DATA, '', MAX_DATA_BYTES));
  return [...errors, ...(TYPES.get(secret.type ?? '')?.(secret) ?? [])];
}

/** stringData is for writing only. */
function mergeStringData(secret: Secret): void {
  if (!secret.stringData) return;
  const encoded = Object.entries(secret.stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  if (encoded.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

export const secrets = builtin<Secret>('v1', 'secrets', {
  columns: [
    nameColumn,
    column('Type', 'string', fieldDoc('core.v1.Secret', 'type'), ({ type }) => type ?? ''),
    column('Data', 'string', fieldDoc('core.v1.Secret', 'data'), ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
  selectableFields: { ...metadataFields, type: ({ type }) => type ?? '' },
  strategy: {
    default(secret) {
      mergeStringData(secret);
      secret.type ||= 'Opaque';
    },
    prepareForUpdate(secret, old) {
      // An update that leaves the type out keeps it.
      if (!secret.type) secret.type = old.type;
    },
    validate: validateSecret,
    validateUpdate: (next, old) => [
      ...immutable(next.type, old.type, path('type')),
      ...frozenFields(next, old, ['data']),
      ...validateSecret(next),
    ],
  },
});

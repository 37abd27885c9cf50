import { readFileSync } from 'node:fs';
import { type FieldError, fieldError, fieldErrorMessage, parseYaml, path } from '@windlass/meta';
import { type CompiledIssuer, compileIssuer } from './jwt/compile.ts';
import { JWT_SHAPE, type JwtIssuer } from './jwt/configuration.ts';
import { type Shape, shapeErrors } from './shape.ts';

/** apiserver.config.k8s.io/v1 AuthenticationConfiguration: structured authentication (KEP-3331, KEP-4633). */
export interface AuthenticationConfiguration {
  /** Absent: as without the file. */
  anonymous?: { enabled: boolean; conditions?: readonly { path: string }[] };
  jwt: readonly CompiledIssuer[];
}

const VERSIONS = new Set(['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1']);
const SHAPE: Shape = {
  apiVersion: true,
  kind: true,
  jwt: [JWT_SHAPE],
  anonymous: { enabled: true, conditions: [{ path: true }] },
};
const MOST_ISSUERS = 64;

type File = { apiVersion?: string; kind?: string; jwt?: JwtIssuer[] } & Pick<AuthenticationConfiguration, 'anonymous'>;

function anonymousErrors({ anonymous }: File): FieldError[] {
  if (!anonymous) return [];
  const at = path('anonymous').child('conditions');
  const { enabled, conditions = [] } = anonymous;
  return [
    ...(conditions.length > 0 && !enabled
      ? [fieldError.invalid(at, conditions, 'enabled should be set to true when conditions are defined')]
      : []),
    ...conditions.flatMap(({ path: of }, i) =>
      of ? [] : [fieldError.required(at.index(i).child('path'), 'path must not be empty')],
    ),
  ];
}

function compiledIssuers(jwt: readonly JwtIssuer[], disallowed: readonly string[]) {
  const at = path('jwt');
  if (jwt.length > MOST_ISSUERS) return { compiled: [], errors: [fieldError.tooMany(at, jwt.length, MOST_ISSUERS)] };
  const issuers = jwt.map((each, i) => compileIssuer(each, at.index(i), disallowed));
  const again = (field: 'url' | 'discoveryURL') =>
    jwt.flatMap(({ issuer }, i) => {
      const value = issuer?.[field];
      const first = jwt.findIndex((other) => other.issuer?.[field] === value);
      return value && first < i ? [fieldError.duplicate(at.index(i).child('issuer').child(field), value)] : [];
    });
  return {
    compiled: issuers.map(({ compiled }) => compiled),
    errors: [...issuers.flatMap(({ errors }) => errors), ...again('url'), ...again('discoveryURL')],
  };
}

/**
 * @param disallowed issuers of whom the server's own tokens are
 * @throws Error for another kind of file, one that says what the kind does not know, or one whose fields contradict
 */
export function parseAuthenticationConfiguration(text: string, disallowed: readonly string[] = []): AuthenticationConfiguration {
  const { value, problems } = parseYaml(text);
  const file = (value ?? {}) as File;
  if (file.kind !== 'AuthenticationConfiguration' || !VERSIONS.has(file.apiVersion ?? ''))
    throw new Error(`no AuthenticationConfiguration of apiserver.config.k8s.io/v1: ${file.apiVersion} ${file.kind}`);
  const wrong = [...problems, ...shapeErrors(file, SHAPE)];
  if (wrong.length > 0) throw new Error(`AuthenticationConfiguration: strict decoding error: ${wrong.join(', ')}`);
  const { compiled, errors } = compiledIssuers(file.jwt ?? [], disallowed);
  const all = [...errors, ...anonymousErrors(file)];
  if (all.length > 0) throw new Error(`AuthenticationConfiguration: ${all.map(fieldErrorMessage).join(', ')}`);
  return { anonymous: file.anonymous, jwt: compiled };
}

export const readAuthenticationConfiguration = (
  file: string | undefined,
  disallowed: readonly string[] = [],
): AuthenticationConfiguration => (file ? parseAuthenticationConfiguration(readFileSync(file, 'utf8'), disallowed) : { jwt: [] });

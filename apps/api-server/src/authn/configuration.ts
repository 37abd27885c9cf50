import { readFileSync } from 'node:fs';
import { type FieldError, fieldError, path } from '@windlass/meta';
import { type ConfigurationKind, parseConfiguration } from '../configuration/parse.ts';
import { type CompiledIssuer, compileIssuer } from './jwt/compile.ts';
import { JWT_SHAPE, type JwtIssuer } from './jwt/configuration.ts';

/** apiserver.config.k8s.io/v1 AuthenticationConfiguration: structured authentication (KEP-3331, KEP-4633). */
export interface AuthenticationConfiguration {
  /** Absent: as without the file. */
  anonymous?: { enabled: boolean; conditions?: readonly { path: string }[] };
  jwt: readonly CompiledIssuer[];
}

const MOST_ISSUERS = 64;

type File = { jwt?: JwtIssuer[] } & Pick<AuthenticationConfiguration, 'anonymous'>;

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

const authentication = (disallowed: readonly string[]): ConfigurationKind<File, AuthenticationConfiguration> => ({
  kind: 'AuthenticationConfiguration',
  versions: ['v1', 'v1beta1'],
  shape: { jwt: [JWT_SHAPE], anonymous: { enabled: true, conditions: [{ path: true }] } },
  read(file, errors) {
    const issuers = compiledIssuers(file.jwt ?? [], disallowed);
    errors.push(...issuers.errors, ...anonymousErrors(file));
    return { anonymous: file.anonymous, jwt: issuers.compiled };
  },
});

/**
 * @param disallowed issuers of whom the server's own tokens are
 * @throws Error as {@link parseConfiguration}
 */
export const parseAuthenticationConfiguration = (text: string, disallowed: readonly string[] = []): AuthenticationConfiguration =>
  parseConfiguration(text, authentication(disallowed));

export const readAuthenticationConfiguration = (
  file: string | undefined,
  disallowed: readonly string[] = [],
): AuthenticationConfiguration => (file ? parseAuthenticationConfiguration(readFileSync(file, 'utf8'), disallowed) : { jwt: [] });

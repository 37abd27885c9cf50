import type { PathHandler } from '@windlass/apiserver';
import type { SigningKey } from './keys.ts';

const CACHE = { 'cache-control': 'public, max-age=3600' };

/** Where others find the keys of service-account tokens (OpenID Connect Discovery 1.0). */
export function issuerPaths(key: SigningKey, issuer: string, server: string): Map<string, PathHandler> {
  const configuration = JSON.stringify({
    issuer,
    jwks_uri: `${server}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [key.algorithm],
  });
  const keys = JSON.stringify({ keys: [key.jwk] });
  return new Map<string, PathHandler>([
    [
      '/.well-known/openid-configuration',
      () => ({ status: 200, contentType: 'application/json', body: configuration, headers: CACHE }),
    ],
    ['/openid/v1/jwks', () => ({ status: 200, contentType: 'application/jwk-set+json', body: keys, headers: CACHE })],
  ]);
}

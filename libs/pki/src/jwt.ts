import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

const encoded = (data: object): string => Buffer.from(JSON.stringify(data)).toString('base64url');

/** The name by which kube-apiserver knows a key: the hash of its public part. */
export const keyId = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');

export type JwtAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'ES512';

const CURVES: Record<string, JwtAlgorithm> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** The algorithm of service-account tokens that a key signs: RSA, or ECDSA on a NIST curve. @throws Error for another kind of key */
export function jwtAlgorithm({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): JwtAlgorithm {
  const algorithm = type === 'rsa' ? 'RS256' : CURVES[details?.namedCurve ?? ''];
  if (!algorithm) throw new Error(`service-account key: ${type} keys are not supported`);
  return algorithm;
}

/** A JWT (RFC 7519) of these claims. @param privateKey PEM @throws as {@link jwtAlgorithm} */
export function signJwt(privateKey: string, claims: object): string {
  const key = createPrivateKey(privateKey);
  const alg = jwtAlgorithm(key);
  const content = `${encoded({ alg, kid: keyId(createPublicKey(key)) })}.${encoded(claims)}`;
  const signature = sign(`sha${alg.slice(2)}`, Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

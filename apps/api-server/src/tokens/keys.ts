import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  algorithm: 'RS256' | 'ES256' | 'ES384' | 'ES512';
  /** base64url of the SHA-256 of the public key in PKIX DER, as Kubernetes names keys. */
  id: string;
  jwk: JWK;
}

const CURVES: Record<string, SigningKey['algorithm']> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** The key that signs service-account tokens: RSA, or ECDSA on a NIST curve. @throws Error for another kind of key */
export function signingKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = privateKey;
  const algorithm = asymmetricKeyType === 'rsa' ? 'RS256' : CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!algorithm) throw new Error(`service-account key: ${asymmetricKeyType} keys are not supported`);
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  const jwk = { use: 'sig', kid: id, alg: algorithm, ...(publicKey.export({ format: 'jwk' }) as JWK) };
  return { privateKey, publicKey, algorithm, id, jwk };
}

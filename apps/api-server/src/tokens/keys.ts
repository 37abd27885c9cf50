import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type JwtAlgorithm, jwtAlgorithm, keyId } from '@windlass/pki';
import type { JWK } from 'jose';

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  algorithm: JwtAlgorithm;
  /** base64url of the SHA-256 of the public key in PKIX DER, as Kubernetes names keys. */
  id: string;
  jwk: JWK;
}

/** The key that signs service-account tokens: RSA, or ECDSA on a NIST curve. @throws Error for another kind of key */
export function signingKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(pem);
  const algorithm = jwtAlgorithm(privateKey);
  const id = keyId(publicKey);
  const jwk = { use: 'sig', kid: id, alg: algorithm, ...(publicKey.export({ format: 'jwk' }) as JWK) };
  return { privateKey, publicKey, algorithm, id, jwk };
}

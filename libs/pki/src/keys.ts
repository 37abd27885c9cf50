import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';

/** PEM texts. */
export interface KeyPair {
  cert: string;
  key: string;
}

type Algorithm = webcrypto.EcKeyImportParams & webcrypto.EcdsaParams;

/** Of the keys made here. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const CURVES: Record<string, Algorithm> = {
  prime256v1: ALGORITHM,
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

export const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`;

export const generateKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** @returns PKCS #8, PEM */
export const privateKeyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));

export interface SigningKey {
  key: webcrypto.CryptoKey;
  algorithm: Algorithm | typeof RSA | { name: string };
}

/** The key of an authority: ECDSA (P-256, P-384, P-521), RSA or Ed25519; PKCS #8, PKCS #1 or SEC 1. @throws Error for any other */
export async function signingKey(text: string): Promise<SigningKey> {
  const key = createPrivateKey(text);
  const { asymmetricKeyType: type, asymmetricKeyDetails } = key;
  const algorithm =
    type === 'rsa' ? RSA : type === 'ed25519' ? { name: 'Ed25519' } : CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!algorithm) throw new Error(`a key of type ${type} ${asymmetricKeyDetails?.namedCurve ?? ''} cannot sign certificates`);
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return { key: await webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']), algorithm };
}

/** Positive, 120 bits. */
export const serialNumber = (): string => `00${randomBytes(15).toString('hex')}`;

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Bytes that only the key opens, in the forms of kube-apiserver (pkg/storage/value/encrypt). */
export interface Cipher {
  /** @param about authenticated with the text, where the cipher can */
  seal(text: string, about: string): Buffer;
  /** @throws Error when the bytes are not what this key sealed */
  open(bytes: Buffer, about: string): string;
}

const NONCE = 12;
const TAG = 16;
const IV = 16;

/** AES-GCM: nonce, text, tag. A key may seal 2^32 texts at the most: rotate it long before. */
export const aesGcm = (key: Buffer): Cipher => {
  const algorithm = `aes-${key.length * 8}-gcm` as 'aes-256-gcm';
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(algorithm, key, nonce);
      cipher.setAAD(Buffer.from(about));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(bytes, about) {
      if (bytes.length < NONCE + TAG) throw new Error('the stored data is too short');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes.subarray(-TAG));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
    },
  };
};

/** AES-CBC with PKCS #7 padding: vector, text. Nothing is authenticated; Kubernetes keeps it for what was written with it. */
export const aesCbc = (key: Buffer): Cipher => {
  const algorithm = `aes-${key.length * 8}-cbc`;
  return {
    seal(text) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv(algorithm, key, iv);
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
    },
    open(bytes) {
      if (bytes.length < 2 * IV) throw new Error('the stored data is too short');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, IV));
      return Buffer.concat([decipher.update(bytes.subarray(IV)), decipher.final()]).toString('utf8');
    },
  };
};

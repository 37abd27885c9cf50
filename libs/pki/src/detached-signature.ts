import { createHmac, timingSafeEqual } from 'node:crypto';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');

/** A JWS (HS256) without its content in the middle: `HEADER..SIGNATURE`. (RFC 7515, appendix F) @param id of the key */
export function detachedSignature(content: string, id: string, secret: string): string {
  const header = encoded(JSON.stringify({ alg: 'HS256', kid: id }));
  const signature = createHmac('sha256', secret)
    .update(`${header}.${encoded(content)}`)
    .digest('base64url');
  return `${header}..${signature}`;
}

/** Whether whoever made the signature of the content knows the secret. */
export function isSignedBy(signature: string, content: string, id: string, secret: string): boolean {
  const [found, wanted] = [Buffer.from(signature), Buffer.from(detachedSignature(content, id, secret))];
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

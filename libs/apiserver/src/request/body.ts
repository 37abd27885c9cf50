import type { IncomingMessage } from 'node:http';
import { badRequest, requestEntityTooLarge } from '@windlass/meta';

/** Largest request body in bytes, as kube-apiserver's. */
export const MAX_BODY = 3 * 1024 * 1024;

/** The whole body. @throws StatusError 413 above the limit, 400 when the client went away in the middle */
export function readBody(request: IncomingMessage, limit = MAX_BODY): Promise<Buffer> {
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limit) {
    request.resume();
    return Promise.reject(requestEntityTooLarge(`Request entity too large: limit is ${limit}`));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        reject(requestEntityTooLarge(`Request entity too large: limit is ${limit}`));
        chunks.length = 0;
        return;
      }
      chunks.push(chunk);
    });
    request.on('error', reject);
    request.on('aborted', () => reject(badRequest('unexpected EOF')));
    request.on('end', () => {
      // An aborted HTTP/2 upload still ends: the declared length tells.
      if (declared !== undefined && size < Number(declared)) reject(badRequest('unexpected EOF'));
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
  });
}

import https from 'node:https';
import type { AnyObject } from '@windlass/meta';
import { type ClusterPki, issue } from '@windlass/pki';

/** What a webhook of a spec answers: parts of AdmissionResponse, or undefined to never answer. */
export type Answer = (request: AnyObject) => object | undefined;

export interface TestWebhooks {
  url(path: string): string;
  caBundle: string;
  /** Requests by path, as they came. */
  seen: Map<string, AnyObject[]>;
  on(path: string, answer: Answer): void;
  stop(): Promise<void>;
}

/** A real HTTPS server whose paths are webhooks; its certificate is signed by the cluster's authority. */
export async function startWebhooks(pki: ClusterPki): Promise<TestWebhooks> {
  const { cert, key } = await issue(
    { cert: pki.caCert, key: pki.caKey },
    { commonName: 'localhost', hosts: ['localhost', '127.0.0.1', 'hook.default.svc'], days: 1, usage: 'server' },
  );
  const answers = new Map<string, Answer>();
  const seen = new Map<string, AnyObject[]>();
  const server = https.createServer({ cert, key }, (request, response) => {
    const path = new URL(request.url ?? '/', 'https://localhost').pathname;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AnyObject;
      seen.set(path, [...(seen.get(path) ?? []), review.request]);
      const answer = answers.get(path)?.(review.request);
      if (!answer) return;
      const body = { apiVersion: review.apiVersion, kind: review.kind, response: { uid: review.request.uid, ...answer } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: (path) => `https://127.0.0.1:${port}${path}`,
    caBundle: Buffer.from(pki.caCert).toString('base64'),
    seen,
    on: (path, answer) => void answers.set(path, answer),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const patchOf = (operations: object[]): object => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

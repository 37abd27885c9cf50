import { writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { AnyObject } from '@windlass/meta';
import { createAuthority, issue } from '@windlass/pki';

export interface ReviewServer {
  /** Path of a kubeconfig whose cluster is this server. */
  kubeconfig: string;
  /** The specifications that came. */
  seen: AnyObject[];
  /** What it says to a specification: a status, or a number for a bare HTTP answer. */
  answer: (spec: AnyObject) => object | number;
  stop(): void;
}

/** A real HTTPS server that answers TokenReviews and SubjectAccessReviews; it takes nobody without its token. */
export async function startReviewServer(directory: string): Promise<ReviewServer> {
  const authority = await createAuthority('reviews-ca');
  const tls = await issue(authority, { commonName: 'reviews', hosts: ['127.0.0.1'], usage: 'server', days: 1 });
  const seen: AnyObject[] = [];
  const server = https.createServer({ cert: tls.cert, key: tls.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      if (request.headers.authorization !== 'Bearer secret' || request.url !== '/review') return response.writeHead(403).end();
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AnyObject;
      seen.push(review.spec);
      const status = made.answer(review.spec);
      if (typeof status === 'number') return response.writeHead(status).end('trouble');
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...review, status }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = path.join(directory, `reviews-${port}.conf`);
  const made: ReviewServer = {
    kubeconfig,
    seen,
    answer: () => ({}),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'reviews',
          cluster: {
            server: `https://127.0.0.1:${port}/review`,
            'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
          },
        },
      ],
      users: [{ name: 'api-server', user: { token: 'secret' } }],
      contexts: [{ name: 'reviews', context: { cluster: 'reviews', user: 'api-server' } }],
      'current-context': 'reviews',
    }),
  );
  return made;
}

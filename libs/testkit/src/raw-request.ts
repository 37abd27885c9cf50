import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
  json: any;
}

/** One request as it stands, on a connection of its own: for headers and statuses that clients hide. @param body sent as JSON */
export function rawRequest(
  { port, pki }: { port: number; pki: { caCert: string } },
  options: https.RequestOptions,
  body?: unknown,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = https.request({ host: '127.0.0.1', port, ca: pki.caCert, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = /^[{[]/.test(text) ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode!, headers: response.headers, text, json });
      });
    });
    sent.on('error', reject);
    if (body !== undefined) sent.setHeader('content-type', 'application/json');
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

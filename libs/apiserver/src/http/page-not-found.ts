import type { ServerResponse } from 'node:http';

/** A path that no API of this server covers: answered with plain text, where a missing resource of a served API gets a Status. */
export class PageNotFound extends Error {
  override name = 'PageNotFound';
  constructor() {
    super('404 page not found');
  }
}

export function sendPageNotFound(response: ServerResponse): void {
  const body = '404 page not found\n';
  response
    .writeHead(404, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': body.length,
    })
    .end(body);
}

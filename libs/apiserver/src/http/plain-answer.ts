import type { ServerResponse } from 'node:http';

/** An answer that is plain text, where most errors are a Status. */
export class PlainAnswer extends Error {
  override name = 'PlainAnswer';
  readonly code: number;
  readonly headers: Record<string, string>;
  constructor(code: number, text: string, headers: Record<string, string> = {}) {
    super(text);
    this.code = code;
    this.headers = headers;
  }
}

/** A path that no API of this server covers; a missing resource of a served API gets a Status. */
export class PageNotFound extends PlainAnswer {
  override name = 'PageNotFound';
  constructor() {
    super(404, '404 page not found');
  }
}

/** The server has too much to do. Clients wait and try again. */
export class TooBusy extends PlainAnswer {
  override name = 'TooBusy';
  constructor() {
    super(429, 'Too many requests, please try again later.', { 'retry-after': '1' });
  }
}

export function sendPlain(response: ServerResponse, { code, message, headers }: PlainAnswer): void {
  const body = `${message}\n`;
  response
    .writeHead(code, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}

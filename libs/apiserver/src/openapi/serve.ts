import { createHash } from 'node:crypto';
import { apiVersionOf, notAcceptable, unknownResource } from '@windlass/meta';
import type { Definitions } from '../definitions.ts';
import type { PathHandler } from '../server-parts.ts';
import { document2, document3, type OpenApiSource } from './documents.ts';
import { encodeSwagger } from './swagger-protobuf.ts';

const V2_PROTOBUF = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
];

interface Made {
  body: string | Buffer;
  etag: string;
}

const tagged = (body: string | Buffer): Made => ({ body, etag: createHash('sha512').update(body).digest('hex').toUpperCase() });

/** Handlers of `/openapi/v2`, `/openapi/v3` and `/openapi/v3/`. Documents are made on first use and kept until the served kinds change. */
export function openApiPaths(definitions: Definitions, about: Omit<OpenApiSource, 'definitions'>): Map<string, PathHandler> {
  let generation = -1;
  let made = new Map<string, Made>();
  const cached = (key: string, make: () => string | Buffer): Made => {
    if (generation !== definitions.generation) {
      generation = definitions.generation;
      made = new Map();
    }
    let found = made.get(key);
    if (!found) {
      found = tagged(make());
      made.set(key, found);
    }
    return found;
  };
  const source = (): OpenApiSource => ({ ...about, definitions: definitions.all() });
  const groupVersions = (): Map<string, [string, string]> => {
    const served = new Map<string, [string, string]>();
    for (const { group, version } of definitions.all())
      served.set(`${group ? 'apis' : 'api'}/${apiVersionOf(group, version)}`, [group, version]);
    return served;
  };
  const v3 = (path: string): Made => {
    const found = groupVersions().get(path);
    if (!found) throw unknownResource();
    return cached(`v3 ${path}`, () => JSON.stringify(document3(source(), ...found)));
  };
  const answer = ({ body, etag }: Made, contentType: string, headers: Record<string, string | string[] | undefined>) => {
    const tag = `"${etag}"`;
    const unchanged = headers['if-none-match'] === tag;
    return { status: unchanged ? 304 : 200, contentType, body: unchanged ? '' : body, headers: { etag: tag, vary: 'Accept' } };
  };

  return new Map<string, PathHandler>([
    [
      '/openapi/v2',
      (_path, _query, headers) => {
        const accept = String(headers.accept ?? '');
        if (V2_PROTOBUF.some((type) => accept.includes(type)))
          return answer(
            cached('v2 protobuf', () => encodeSwagger(document2(source()) as never)),
            V2_PROTOBUF[1]!,
            headers,
          );
        return answer(
          cached('v2', () => JSON.stringify(document2(source()))),
          'application/json',
          headers,
        );
      },
    ],
    [
      '/openapi/v3',
      (_path, _query, headers) => {
        const paths = [...groupVersions().keys()].map((path) => [
          path,
          { serverRelativeURL: `/openapi/v3/${path}?hash=${v3(path).etag}` },
        ]);
        return answer(tagged(JSON.stringify({ paths: Object.fromEntries(paths) })), 'application/json', headers);
      },
    ],
    [
      '/openapi/v3/',
      (path, query, headers) => {
        const accept = String(headers.accept ?? '*/*');
        if (!/application\/json|\*\/\*|application\/\*/.test(accept))
          throw notAcceptable('only the following media types are accepted: application/json');
        const document = v3(path.slice('/openapi/v3/'.length));
        const found = answer(document, 'application/json', headers);
        // A URL with the right hash never changes its content.
        const lasting = query.get('hash') === document.etag;
        return { ...found, headers: { ...found.headers, 'cache-control': lasting ? 'public, immutable' : 'no-cache, private' } };
      },
    ],
  ]);
}

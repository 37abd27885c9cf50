import { apiVersionOf, type ResourceDefinition, type SchemaSource } from '@windlass/meta';
import type { Random } from '@windlass/testkit';
import { anyValue, garbled, pointers, schemaValue, TEXTS } from './values.ts';

export interface FuzzRequest {
  method: string;
  /** As it goes on the wire. */
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

const METHODS = ['GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE'];
const ODD_METHODS = ['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const NAMES = ['a', 'b', 'x-1', 'default', 'kubernetes'];
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const MEDIA = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  'text/plain',
  '',
  '*/*;q',
];
const ACCEPTS = [
  'application/json',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,*/*',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Nonsense',
  ',;,=',
  '*/*',
];
const OPERATORS = ['=', '==', '!=', ' in (', ' notin (', ',', '!', ')', '>', '<', ' exists ', '\\', '"'];
const OPTIONS: Record<string, readonly string[]> = {
  watch: ['1', 'true', 'false', ''],
  limit: ['0', '1', '2', '-1', '99999999999999999999', 'x'],
  continue: ['x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', '%00', 'e30'],
  resourceVersion: ['', '0', '1', '-1', '999999999', 'x', '1.5'],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'x'],
  timeoutSeconds: ['1', '0', '-1', 'x'],
  sendInitialEvents: ['true', 'false', 'x'],
  allowWatchBookmarks: ['true', 'x'],
  dryRun: ['All', 'x', ''],
  fieldManager: ['m', 'x'.repeat(200), '\n', ''],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'],
  force: ['true', 'false', 'x'],
  pretty: ['true', 'x'],
  includeObject: ['None', 'Metadata', 'Object', 'x'],
  propagationPolicy: ['Foreground', 'Background', 'Orphan', 'x'],
  gracePeriodSeconds: ['0', '1', '-1', 'x', '99999999999999999999'],
  orphanDependents: ['true', 'x'],
  verbose: [''],
  exclude: ['ping'],
};

/** Makes requests that are nearly right, or not at all. */
export class RequestFuzzer {
  readonly #random: Random;
  readonly #definitions: readonly ResourceDefinition[];
  readonly #schemas: SchemaSource;

  constructor(random: Random, definitions: readonly ResourceDefinition[], schemas: SchemaSource) {
    this.#random = random;
    this.#definitions = definitions;
    this.#schemas = schemas;
  }

  next(): FuzzRequest {
    const random = this.#random;
    const definition = random.pick(this.#definitions);
    const method = random.pick(random.chance(0.03) ? ODD_METHODS : METHODS);
    const path = random.chance(0.03) ? this.#anyPath() : this.#path(definition, method);
    const headers: Record<string, string> = {};
    if (random.chance(0.3)) headers.accept = random.pick(ACCEPTS);
    if (random.chance(0.02)) headers['impersonate-group'] = 'x';
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(method) || (method === 'DELETE' && random.chance(0.4));
    const body = hasBody ? this.#body(definition, method, headers) : undefined;
    return { method, path: path + this.#query(), headers, body };
  }

  #anyPath(): string {
    const random = this.#random;
    const segment = () =>
      random.pick([
        encodeURIComponent('é💥'),
        '..',
        '.',
        '',
        '%2e%2e',
        '%00',
        '%zz',
        'api',
        'apis',
        'v1',
        'watch',
        'proxy',
        'namespaces',
        'pods',
      ]);
    return `/${random.many(7, segment).join('/')}`;
  }

  #path({ group, version, scope, names, subresources }: ResourceDefinition, method: string): string {
    const random = this.#random;
    const parts = group ? ['apis', group, version] : ['api', version];
    if (random.chance(0.02)) parts.push(random.pick(['watch', 'proxy']));
    if ((scope === 'Namespaced') !== random.chance(0.03))
      parts.push('namespaces', random.pick(['fuzz', 'fuzz', 'default', 'none', '%20']));
    parts.push(names.plural);
    const onCollection = method === 'POST' || (method === 'GET' && random.chance(0.4)) || random.chance(0.05);
    const subs = Object.keys(subresources ?? {});
    const below = subs.length > 0 && random.chance(0.2);
    if (!onCollection || below) parts.push(random.chance(0.9) ? random.pick(NAMES) : this.#text());
    if (below) parts.push(random.pick(subs));
    if (random.chance(0.02)) parts.splice(random.below(parts.length), 1);
    if (random.chance(0.02)) parts.splice(random.below(parts.length), 0, this.#text());
    return `/${parts.join('/')}`;
  }

  /** URL-safe. */
  #text(): string {
    return encodeURIComponent(this.#random.pick(TEXTS).toWellFormed());
  }

  #query(): string {
    const random = this.#random;
    const parameters = random.many(random.chance(0.5) ? 0 : 3, () => {
      const name = random.pick(Object.keys(OPTIONS));
      return `${name}=${encodeURIComponent(random.pick(OPTIONS[name]!))}`;
    });
    for (const selector of ['labelSelector', 'fieldSelector'])
      if (random.chance(0.1)) {
        const part = () =>
          random.pick([...OPERATORS, ...TEXTS, 'metadata.name', 'metadata.namespace', 'spec.nodeName', 'status.phase']);
        parameters.push(`${selector}=${encodeURIComponent(random.many(6, part).join('').toWellFormed())}`);
      }
    return parameters.length > 0 ? `?${parameters.join('&')}` : '';
  }

  #object(definition: ResourceDefinition): Record<string, unknown> {
    const random = this.#random;
    const schema = this.#schemas(definition.schema) ?? {};
    const object = schemaValue(random, this.#schemas, schema);
    if (typeof object !== 'object' || object === null || random.chance(0.02)) return object as Record<string, unknown>;
    const named = random.chance(0.9) ? { name: random.pick(NAMES) } : (anyValue(random) as object);
    return {
      ...object,
      apiVersion: random.chance(0.97) ? apiVersionOf(definition.group, definition.version) : random.pick(TEXTS),
      kind: random.chance(0.97) ? definition.kind : random.pick(TEXTS),
      metadata: random.chance(0.8) ? named : { ...((object as { metadata?: object }).metadata ?? {}), ...named },
    };
  }

  #body(definition: ResourceDefinition, method: string, headers: Record<string, string>): string | Buffer {
    const random = this.#random;
    const object = this.#object(definition);
    if (method === 'PATCH') {
      headers['content-type'] = random.chance(0.95) ? random.pick(PATCHES) : random.pick(MEDIA);
      if (headers['content-type'] === PATCHES[0]) return JSON.stringify(this.#jsonPatch(object));
      if (headers['content-type'] === PATCHES[2] && random.chance(0.3))
        return JSON.stringify({
          ...object,
          $patch: random.pick(['delete', 'replace', 'x', 1]),
          '$setElementOrder/items': anyValue(random),
        });
    } else {
      headers['content-type'] = random.chance(0.9) ? 'application/json' : random.pick(MEDIA);
      if (method === 'DELETE')
        return JSON.stringify(
          random.chance(0.7) ? { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: anyValue(random) } : anyValue(random),
        );
    }
    const text = JSON.stringify(random.chance(0.03) ? anyValue(random) : object) ?? '';
    if (headers['content-type'].includes('protobuf'))
      return Buffer.concat([
        Buffer.from(random.chance(0.8) ? 'k8s\0' : ''),
        Buffer.from(random.many(60, () => random.below(256))),
      ]);
    return random.chance(0.06) ? garbled(random, text) : text;
  }

  #jsonPatch(object: unknown): unknown {
    const random = this.#random;
    const paths = [
      ...pointers(object),
      '/metadata/labels',
      '/metadata/labels/a',
      '/spec/-',
      '/metadata/annotations/x~1y',
      '',
      'bad',
      '/~2',
    ];
    return random.many(4, () => ({
      op: random.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
      path: random.chance(0.97) ? random.pick(paths) : anyValue(random),
      from: random.pick(paths),
      ...(random.chance(0.8) ? { value: anyValue(random) } : {}),
    }));
  }
}

import { type AnyObject, apiVersionOf, type KubeList, type KubeObject } from '@windlass/meta';
import type { RequestOptions, Transport } from './transport.ts';
import { readWatch, type WatchEvent } from './watch-stream.ts';

/** Names a served resource. `kind` is optional and lets created objects and list items be stamped with it. */
export interface ResourceRef {
  group: string;
  version: string;
  resource: string;
  namespaced: boolean;
  kind?: string;
}

/** What identifies an object within its resource; an ObjectMeta fits. */
export interface ObjectName {
  name?: string;
  namespace?: string;
}

export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}
export interface WriteOptions extends CallOptions {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}
export interface ListOptions extends CallOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'NotOlderThan' | 'Exact';
  /** Ask for PartialObjectMetadata only. */
  metadataOnly?: boolean;
}
export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  allowWatchBookmarks?: boolean;
  timeoutSeconds?: number;
  /** End with a NetworkError after so long without any byte. Default 150,000. */
  stallMs?: number;
}
export interface DeleteOptions extends CallOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}
export type PatchType = 'merge' | 'json' | 'strategic' | 'apply';

const PATCH_TYPES: Record<PatchType, string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
const partial = (kind: string) => `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

function queryOf(values: Record<string, string | number | boolean | undefined>): string {
  const parts = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join('&')}` : '';
}

/** The verbs of one resource. Errors: StatusError (the server said no) or NetworkError (it said nothing). */
export class ResourceClient<T extends KubeObject = AnyObject> {
  readonly ref: ResourceRef;
  readonly #transport: Transport;
  readonly #root: string;

  constructor(transport: Transport, ref: ResourceRef) {
    this.#transport = transport;
    this.ref = ref;
    this.#root = ref.group ? `/apis/${ref.group}/${ref.version}` : `/api/${ref.version}`;
  }

  #path({ name, namespace }: ObjectName, subresource = ''): string {
    const scope = this.ref.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${this.#root}${scope}/${this.ref.resource}${name ? `/${encodeURIComponent(name)}` : ''}${subresource && `/${subresource}`}`;
  }

  #stamp<O>(object: O): O {
    if (!this.ref.kind) return object;
    return { apiVersion: apiVersionOf(this.ref.group, this.ref.version), kind: this.ref.kind, ...object };
  }

  get(name: ObjectName, options: CallOptions & { resourceVersion?: string } = {}): Promise<T> {
    const query = queryOf({ resourceVersion: options.resourceVersion });
    return this.#transport.request({ ...call(options), method: 'GET', path: this.#path(name) + query });
  }

  list(options: ListOptions = {}): Promise<KubeList<T>> {
    const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch } = options;
    const query = queryOf({
      labelSelector,
      fieldSelector,
      limit,
      continue: options.continue,
      resourceVersion,
      resourceVersionMatch,
    });
    return this.#transport.request({
      ...call(options),
      method: 'GET',
      path: this.#path({ namespace: options.namespace }) + query,
      accept: options.metadataOnly ? partial('PartialObjectMetadataList') : undefined,
    });
  }

  create(object: T, options: WriteOptions = {}): Promise<T> {
    const path = this.#path({ namespace: object.metadata.namespace }) + writeQuery(options);
    return this.#transport.request({ ...call(options), method: 'POST', path, body: this.#stamp(object) });
  }

  update(object: T, options: WriteOptions & { subresource?: string } = {}): Promise<T> {
    const path = this.#path(object.metadata, options.subresource) + writeQuery(options);
    return this.#transport.request({ ...call(options), method: 'PUT', path, body: this.#stamp(object) });
  }

  updateStatus(object: T, options: WriteOptions = {}): Promise<T> {
    return this.update(object, { ...options, subresource: 'status' });
  }

  /** `type` default merge. */
  patch(
    name: ObjectName,
    patch: unknown,
    options: WriteOptions & { type?: PatchType; subresource?: string; force?: boolean } = {},
  ): Promise<T> {
    const path = this.#path(name, options.subresource) + writeQuery(options, options.force);
    const contentType = PATCH_TYPES[options.type ?? 'merge'];
    return this.#transport.request({ ...call(options), method: 'PATCH', path, body: patch, contentType });
  }

  /** Server-side apply. */
  apply(object: T, options: WriteOptions & { fieldManager: string; force?: boolean; subresource?: string }): Promise<T> {
    return this.patch(object.metadata, this.#stamp(object), { ...options, type: 'apply' });
  }

  /** Resolves to the object when it stays for finalizers or a grace period, else to a Status. */
  delete(name: ObjectName, options: DeleteOptions = {}): Promise<AnyObject> {
    return this.#transport.request({ ...call(options), method: 'DELETE', path: this.#path(name), body: deleteBody(options) });
  }

  deleteCollection(options: ListOptions & DeleteOptions): Promise<AnyObject> {
    const { namespace, labelSelector, fieldSelector } = options;
    const path = this.#path({ namespace }) + queryOf({ labelSelector, fieldSelector });
    return this.#transport.request({ ...call(options), method: 'DELETE', path, body: deleteBody(options) });
  }

  /** POST (or another method) to a subresource: `binding`, `eviction`, `token`, `scale`, `finalize`… */
  subresource<R = AnyObject>(
    name: ObjectName,
    subresource: string,
    body?: unknown,
    options: CallOptions & { method?: RequestOptions['method'] } = {},
  ): Promise<R> {
    return this.#transport.request({
      ...call(options),
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      path: this.#path(name, subresource),
      body,
    });
  }

  /** Opens a watch and yields batches of events. Ends normally when the server closes it. @throws as readWatch */
  async *watch(options: WatchOptions = {}): AsyncGenerator<WatchEvent<T>[]> {
    const { labelSelector, fieldSelector, resourceVersion, timeoutSeconds, allowWatchBookmarks } = options;
    const query = queryOf({
      watch: true,
      labelSelector,
      fieldSelector,
      resourceVersion,
      timeoutSeconds,
      allowWatchBookmarks,
    });
    const response = await this.#transport.stream({
      method: 'GET',
      path: this.#path({ namespace: options.namespace }) + query,
      accept: options.metadataOnly ? partial('PartialObjectMetadata') : undefined,
      signal: options.signal,
    });
    yield* readWatch<T>(response, options.stallMs ?? 150_000);
  }
}

const call = ({ signal, timeoutMs }: CallOptions) => ({ signal, timeoutMs });

const writeQuery = (options: WriteOptions, force?: boolean): string =>
  queryOf({
    dryRun: options.dryRun ? 'All' : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
    force,
  });

function deleteBody({ propagationPolicy, gracePeriodSeconds, preconditions, dryRun }: DeleteOptions): unknown {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy,
    gracePeriodSeconds,
    preconditions,
    dryRun: dryRun ? ['All'] : undefined,
  };
}

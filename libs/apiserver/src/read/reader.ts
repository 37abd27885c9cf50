import { type AnyObject, expired, notFound, type ResourceDefinition, tooLargeResourceVersion } from '@windlass/meta';
import { CachedObject, CompactedError, FutureRevisionError, type ObjectStore, type WatchCache } from '@windlass/store';
import { decodeStored, keyOf, resourcePrefix, showStored, storedResource } from '../definitions.ts';
import { stamp } from '../registry/encode.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { ListRequest } from './list-options.ts';
import type { Selection } from './selectors.ts';

/** Decoded forms, kept as long as the stored version and the definition live: a watcher does not pay for the others. */
const decoded = new WeakMap<ResourceDefinition, WeakMap<CachedObject, AnyObject>>();

function formsOf(definition: ResourceDefinition): WeakMap<CachedObject, AnyObject> {
  let forms = decoded.get(definition);
  if (!forms) {
    forms = new WeakMap();
    decoded.set(definition, forms);
  }
  return forms;
}

function decodedForm(definition: ResourceDefinition, cached: CachedObject): AnyObject {
  const forms = formsOf(definition);
  let object = forms.get(cached);
  if (!object) {
    object = stamp(definition, decodeStored(definition, cached.clone()));
    forms.set(cached, object);
  }
  return object;
}

/** Lets those be converted at once that somebody else has to convert; to be called before they are {@link Shown}. @throws StatusError 500 */
export async function prepareShown(definition: ResourceDefinition, all: readonly (CachedObject | undefined)[]): Promise<void> {
  if (!definition.storedAs?.convert) return;
  const forms = formsOf(definition);
  const missing = all.filter((cached) => cached !== undefined && !forms.has(cached)) as CachedObject[];
  if (missing.length === 0) return;
  const shown = await showStored(
    definition,
    missing.map((cached) => cached.clone()),
  );
  missing.forEach((cached, i) => void forms.set(cached, stamp(definition, shown[i]!)));
}

/** An object on its way out: kept bytes for the stored kind, a decoded copy for other versions of it. */
export class Shown {
  readonly cached: CachedObject;
  readonly #definition: ResourceDefinition;

  constructor(definition: ResourceDefinition, cached: CachedObject) {
    this.#definition = definition;
    this.cached = cached;
  }

  /** Shared: never changed. */
  get object(): AnyObject {
    return this.#definition.storedAs ? decodedForm(this.#definition, this.cached) : this.cached.object;
  }

  /** JSON of the object. */
  get bytes(): Buffer {
    return this.#definition.storedAs ? Buffer.from(JSON.stringify(this.object)) : this.cached.bytes;
  }
}

export interface ListAnswer {
  items: Shown[];
  revision: number;
  continue: string;
  remaining: number | undefined;
}

const READ_WAIT_MS = 3000;

/** Prefix that a list or watch covers: a resource, or one namespace of it. */
export function prefixOf(definition: ResourceDefinition, namespace: string): string {
  const { group, resource } = storedResource(definition);
  const prefix = resourcePrefix(group, resource);
  return definition.scope === 'Namespaced' && namespace ? `${prefix}${namespace}/` : prefix;
}

/** Reads from the watch cache, linearizable unless the caller allows older answers; old revisions come from the store's log. */
export class Reader {
  readonly #store: ObjectStore;
  readonly #cache: WatchCache;

  constructor(store: ObjectStore, cache: WatchCache) {
    this.#store = store;
    this.#cache = cache;
  }

  /** Waits until the cache may answer for `resourceVersion`. @throws StatusError 504 for one that is not reached in 3 s */
  async catchUp(resourceVersion: number | undefined): Promise<void> {
    if (resourceVersion === 0) return;
    if (resourceVersion === undefined) {
      await this.#cache.readFresh();
      return;
    }
    try {
      await this.#cache.waitUntilFresh(resourceVersion, READ_WAIT_MS);
    } catch (error) {
      if (error instanceof FutureRevisionError) throw tooLargeResourceVersion(resourceVersion, this.#cache.revision);
      throw error;
    }
  }

  /** @throws StatusError 404, 504 */
  async get(definition: ResourceDefinition, namespace: string, name: string, resourceVersion?: number): Promise<Shown> {
    await this.catchUp(resourceVersion);
    const cached = this.#cache.get(keyOf(definition, namespace, name));
    if (!cached) throw notFound({ group: definition.group, resource: definition.names.plural }, name);
    await prepareShown(definition, [cached]);
    return new Shown(definition, cached);
  }

  /** @throws StatusError 400, 410, 504 */
  async list(definition: ResourceDefinition, namespace: string, request: ListRequest, selection: Selection): Promise<ListAnswer> {
    const prefix = prefixOf(definition, namespace);
    if (request.continue) {
      const token = decodeContinue(request.continue);
      // rv -1: the snapshot was gone, the client agreed to go on inconsistently.
      return this.#page(definition, prefix, request, selection, token.rv === -1 ? undefined : token.rv, prefix + token.start);
    }
    if (request.match === 'Exact') {
      await this.catchUp(request.resourceVersion);
      return this.#page(definition, prefix, request, selection, request.resourceVersion);
    }
    await this.catchUp(request.resourceVersion);
    return this.#page(definition, prefix, request, selection, undefined);
  }

  async #page(
    definition: ResourceDefinition,
    prefix: string,
    { limit }: ListRequest,
    selection: Selection,
    revision: number | undefined,
    after?: string,
  ): Promise<ListAnswer> {
    if (revision === undefined || revision === this.#cache.revision) {
      if (after !== undefined) await this.catchUp(undefined);
      return this.#select(definition, prefix, this.#fromCache(prefix, selection, after), limit, selection, this.#cache.revision);
    }
    try {
      const { items } = await this.#store.list(prefix, { after, revision });
      return await this.#select(definition, prefix, items.map(CachedObject.of), limit, selection, revision);
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
      if (after === undefined) throw expired('The resourceVersion for the provided list is too old.');
      const status = expired(
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      );
      status.status.metadata = { continue: encodeContinue({ rv: -1, start: after.slice(prefix.length) }) };
      throw status;
    }
  }

  #fromCache(prefix: string, selection: Selection, after: string | undefined): readonly CachedObject[] {
    const name = selection.pinned('metadata.name');
    const exact =
      name !== undefined && after === undefined && prefix.split('/').length === 5 ? this.#cache.get(prefix + name) : undefined;
    return exact ? [exact] : this.#cache.list(prefix, { after }).items;
  }

  async #select(
    definition: ResourceDefinition,
    prefix: string,
    all: readonly CachedObject[],
    limit: number,
    selection: Selection,
    revision: number,
  ): Promise<ListAnswer> {
    await prepareShown(definition, limit > 0 && selection.everything ? all.slice(0, limit) : all);
    const items: Shown[] = [];
    let at = 0;
    for (; at < all.length && (limit === 0 || items.length < limit); at++) {
      const shown = new Shown(definition, all[at]!);
      if (selection.everything || selection.matches(shown.object)) items.push(shown);
    }
    const more = at < all.length;
    return {
      items,
      revision,
      continue: more ? encodeContinue({ rv: revision, start: all[at - 1]!.key.slice(prefix.length) }) : '',
      // As Kubernetes: not told when a selector hides what remains.
      remaining: more && selection.everything ? all.length - at : undefined,
    };
  }
}

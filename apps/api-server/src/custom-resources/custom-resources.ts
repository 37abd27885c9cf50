import type { WebhookClient } from '@windlass/apiserver';
import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import type { Logger } from '@windlass/platform';
import { type CustomResourceDefinition, customDefinitions } from '@windlass/resources';
import { webhookConverter } from './conversion.ts';
import { established } from './establish.ts';
import { type Cleanup, finalizeDefinition, wantsCleanup } from './finalize.ts';
import { registerVersions, wantedRegistrations } from './registrations.ts';

const GROUP = 'apiextensions.k8s.io';
const RESOURCE = 'customresourcedefinitions';
const RETRY_MS = 250;
const RETRY_LIMIT_MS = 5_000;

/** What of a definition decides how it is served. */
const servedForm = ({ metadata, spec, status }: CustomResourceDefinition): string => {
  const conditions = (status?.conditions ?? [])
    .map(({ type, status: state }) => `${type}=${state}`)
    .filter((c) => /^(Est|Term)/.test(c));
  return JSON.stringify([metadata.uid, spec, status?.acceptedNames, conditions]);
};

interface Parts extends Cleanup {
  webhooks: WebhookClient;
}

/**
 * Serves what the stored CustomResourceDefinitions declare, on every API server that shares the database: follows the watch cache,
 * replaces run-time definitions, decides names and conditions, registers versions, and cleans up after deletions.
 */
export class CustomResources {
  readonly #parts: Parts;
  readonly #logger: Logger;
  readonly #served = new Map<string, { group: string; plural: string; form: string }>();
  readonly #busy = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The versions that are registered, as far as this server has seen to it. */
  #registrations: string | undefined;
  #unsubscribe = () => {};
  #stopped = false;

  constructor(parts: Parts, logger: Logger) {
    this.#parts = parts;
    this.#logger = logger;
  }

  start(): void {
    this.#unsubscribe = this.#parts.reader.onChange(GROUP, RESOURCE, () => this.sync());
    this.sync();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** The definition of a resource that is not known yet, after everything committed before this call was taken in. */
  async find(group: string, version: string, resource: string): Promise<ResourceDefinition | undefined> {
    if (!group.includes('.')) return undefined;
    await this.#parts.reader.getFresh(GROUP, RESOURCE, '', `${resource}.${group}`);
    this.sync();
    return this.#parts.definitions.get(group, version, resource);
  }

  /** Brings what is served in line with the cache. */
  sync(): void {
    const all = this.#parts.reader.list(GROUP, RESOURCE) as unknown as CustomResourceDefinition[];
    const present = new Set<string>();
    for (const crd of all) {
      const name = crd.metadata.name!;
      present.add(name);
      this.#serve(name, crd);
      if (wantsCleanup(crd as unknown as AnyObject)) this.#once(`cleanup ${crd.metadata.uid}`, () => this.#cleanUp(name));
      else if (established(crd, othersOf(crd, all), this.#parts.now()))
        this.#once(`establish ${name}`, () => this.#establish(name));
    }
    for (const [name, { group, plural }] of this.#served) {
      if (present.has(name)) continue;
      this.#served.delete(name);
      this.#parts.definitions.replace(group, plural, []);
    }
    if (this.#registrations !== registrationsOf(all)) this.#once('register versions', () => this.#register());
  }

  async #register(): Promise<boolean> {
    const { reader, writer } = this.#parts;
    const all = reader.list(GROUP, RESOURCE) as unknown as CustomResourceDefinition[];
    await registerVersions(reader, writer, all);
    this.#registrations = registrationsOf(all);
    return true;
  }

  #serve(name: string, crd: CustomResourceDefinition): void {
    const form = servedForm(crd);
    if (this.#served.get(name)?.form === form) return;
    const { group, names } = crd.spec;
    this.#served.set(name, { group, plural: names.plural, form });
    try {
      this.#parts.definitions.replace(group, names.plural, this.#definitionsOf(crd));
    } catch (err) {
      this.#logger.error({ err, crd: name }, 'custom resource definition cannot be served');
    }
  }

  #definitionsOf(crd: CustomResourceDefinition): ResourceDefinition[] {
    const made = customDefinitions(crd);
    if (crd.spec.conversion?.strategy !== 'Webhook') return made;
    const convert = webhookConverter(this.#parts.webhooks, crd);
    return made.map((definition) => ({ ...definition, storedAs: { ...definition.storedAs!, convert } }));
  }

  async #establish(name: string): Promise<boolean> {
    const { reader, writer, now } = this.#parts;
    await writer.modify(
      GROUP,
      RESOURCE,
      '',
      name,
      (current) => {
        const crd = current as unknown as CustomResourceDefinition;
        return established(crd, othersOf(crd, reader.list(GROUP, RESOURCE) as unknown as CustomResourceDefinition[]), now());
      },
      'status',
    );
    return true;
  }

  async #cleanUp(name: string): Promise<boolean> {
    const crd = this.#parts.reader.get(GROUP, RESOURCE, '', name);
    return !crd || !wantsCleanup(crd) || finalizeDefinition(this.#parts, crd as unknown as CustomResourceDefinition);
  }

  /** Runs `work` unless it runs already, again with growing pauses until it is done. */
  #once(key: string, work: () => Promise<boolean>, pause = RETRY_MS): void {
    if (this.#busy.has(key) || this.#stopped) return;
    this.#busy.add(key);
    work()
      .catch((err) => {
        if (!this.#stopped) this.#logger.warn({ err, key }, 'custom resource definition');
        return false;
      })
      .then((done) => {
        this.#busy.delete(key);
        if (!done) this.#later(key, work, pause);
        else if (!this.#stopped) this.sync();
      });
  }

  #later(key: string, work: () => Promise<boolean>, pause: number): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#once(key, work, Math.min(pause * 2, RETRY_LIMIT_MS));
    }, pause);
    this.#timers.add(timer);
  }
}

const othersOf = (crd: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): CustomResourceDefinition[] =>
  all.filter((other) => other.spec.group === crd.spec.group && other.metadata.name !== crd.metadata.name);

const registrationsOf = (all: readonly CustomResourceDefinition[]): string => [...wantedRegistrations(all).keys()].sort().join();

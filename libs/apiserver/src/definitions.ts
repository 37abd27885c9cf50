import {
  ALL_VERBS,
  type AnyObject,
  apiVersionOf,
  badRequest,
  type GroupVersionKind,
  goQuote,
  type ResourceDefinition,
  type Verb,
  validatePathSegmentName,
} from '@windlass/meta';

export const listKindOf = (definition: ResourceDefinition): string => definition.listKind ?? `${definition.kind}List`;
export const verbsOf = (definition: ResourceDefinition): readonly Verb[] => definition.verbs ?? ALL_VERBS;
export const apiVersionOfDefinition = ({ group, version }: ResourceDefinition): string => apiVersionOf(group, version);

/** A name out of a URL may also be one that every object has (`constructor`). */
export const subresourceOf = ({ subresources }: ResourceDefinition, name: string) =>
  subresources && Object.hasOwn(subresources, name) ? subresources[name] : undefined;

/** Where a definition's objects are stored. */
export const storedResource = (definition: ResourceDefinition): { group: string; resource: string } =>
  definition.storedAs
    ? { group: definition.storedAs.group, resource: definition.storedAs.resource }
    : { group: definition.group, resource: definition.names.plural };

/** `/group/resource/` */
export function resourcePrefix(group: string, resource: string): string {
  return `/${group || 'core'}/${resource}/`;
}

const UNSAFE = /[/%\0]|^\.\.?$/;

/** Store key of an object, or prefix of a namespace when `name` is ''. @throws StatusError 400 for a name that is no path segment */
export function keyOf(definition: ResourceDefinition, namespace: string, name: string): string {
  if (UNSAFE.test(name)) throw badRequest(`Name parameter invalid: ${goQuote(name)}: ${validatePathSegmentName(name).join(';')}`);
  const { group, resource } = storedResource(definition);
  const prefix = resourcePrefix(group, resource);
  return definition.scope === 'Namespaced' && namespace ? `${prefix}${namespace}/${name}` : prefix + name;
}

/** Everything that is served, by group, version and resource. Custom resources come and go at run time. */
export class Definitions {
  readonly #byResource = new Map<string, ResourceDefinition>();
  readonly #listeners = new Set<() => void>();
  #generation = 0;

  constructor(definitions: readonly ResourceDefinition[]) {
    for (const definition of definitions) this.#byResource.set(idOf(definition), definition);
  }

  /** Grows with every change: for caches of discovery and OpenAPI documents. */
  get generation(): number {
    return this.#generation;
  }

  get(group: string, version: string, resource: string): ResourceDefinition | undefined {
    return this.#byResource.get(`${group}/${version}/${resource}`);
  }

  /** Whether kinds of the server itself have this group version; custom ones do not count. */
  hasBuiltinVersion(group: string, version: string): boolean {
    for (const definition of this.#byResource.values())
      if (definition.group === group && definition.version === version && !definition.custom) return true;
    return false;
  }

  all(): ResourceDefinition[] {
    return [...this.#byResource.values()];
  }

  /** Whether the kind, its list or the generic v1 List is known. */
  hasKind({ group, version, kind }: GroupVersionKind): boolean {
    if (group === '' && version === 'v1' && kind === 'List') return true;
    return this.all().some((d) => d.group === group && d.version === version && (d.kind === kind || listKindOf(d) === kind));
  }

  /** Some served definition of the resource: that of the stored version, or else any. */
  stored(group: string, resource: string): ResourceDefinition | undefined {
    let any: ResourceDefinition | undefined;
    for (const definition of this.#byResource.values()) {
      if (definition.group !== group || definition.names.plural !== resource) continue;
      if (isStoredVersion(definition)) return definition;
      any ??= definition;
    }
    return any;
  }

  /** Replaces what `group` serves of `resource` by `definitions` (possibly none). */
  replace(group: string, resource: string, definitions: readonly ResourceDefinition[]): void {
    for (const [id, definition] of this.#byResource)
      if (definition.group === group && definition.names.plural === resource) this.#byResource.delete(id);
    for (const definition of definitions) this.#byResource.set(idOf(definition), definition);
    this.#generation++;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** Whether objects are stored in the group and version of the definition itself. */
export const isStoredVersion = ({ storedAs, group, version }: ResourceDefinition): boolean =>
  storedAs === undefined || (storedAs.group === group && storedAs.version === version);

const idOf = ({ group, version, names }: ResourceDefinition): string => `${group}/${version}/${names.plural}`;

/** The object as a definition shows it, from its stored form. */
export const decodeStored = (definition: ResourceDefinition, stored: AnyObject): AnyObject =>
  definition.storedAs ? definition.storedAs.decode(stored) : stored;

/** {@link decodeStored} of objects that may have to be converted by somebody else. */
export async function showStored(definition: ResourceDefinition, stored: readonly AnyObject[]): Promise<AnyObject[]> {
  const convert = definition.storedAs?.convert;
  const converted = convert ? await convert(stored, definition.version) : stored;
  return converted.map((object) => decodeStored(definition, object));
}

/** {@link encodeStored} of an object that may have to be converted by somebody else. */
export async function storeShown(definition: ResourceDefinition, object: AnyObject): Promise<AnyObject> {
  const { storedAs } = definition;
  if (!storedAs?.convert) return encodeStored(definition, object);
  const [converted] = await storedAs.convert([object], storedAs.version);
  return storedAs.encode(converted!);
}

export const encodeStored = (definition: ResourceDefinition, object: AnyObject): AnyObject =>
  definition.storedAs ? definition.storedAs.encode(object) : object;

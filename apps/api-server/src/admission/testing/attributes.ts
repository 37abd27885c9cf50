import type { AdmissionAttributes, AdmissionPlugin, Operation, ResourceReader } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';

export interface Attempt {
  operation?: Operation;
  group?: string;
  resource?: string;
  kind?: string;
  subresource?: string;
  old?: object;
  username?: string;
}

/** Attributes of a write of `object`, for specs: a create of a pod in `ns` unless said otherwise. */
export function attempt(object: object | undefined, about: Attempt = {}): AdmissionAttributes & { warnings: string[] } {
  const { operation = 'CREATE', group = '', resource = 'pods', kind = 'Pod', subresource = '', old } = about;
  const shown = object as AnyObject | undefined;
  const oldObject = old as AnyObject | undefined;
  const warnings: string[] = [];
  return {
    operation,
    definition: { group, version: 'v1', kind } as AdmissionAttributes['definition'],
    kind: { group, version: 'v1', kind },
    resource: { group, version: 'v1', resource },
    subresource,
    namespace: 'ns',
    name: (shown ?? oldObject)?.metadata.name ?? '',
    object: shown,
    oldObject,
    options: {} as AnyObject,
    user: { username: about.username ?? 'somebody', groups: [] },
    dryRun: false,
    reinvocation: { required: false, active: false },
    warnings,
    addWarning: (text) => void warnings.push(text),
    addAuditAnnotation: () => {},
  };
}

/** A reader of fixed objects, by `resource`. */
export function readerOf(objects: Record<string, object[]>): ResourceReader {
  const list = (_group: string, resource: string, namespace?: string) =>
    ((objects[resource] ?? []) as AnyObject[]).filter(
      ({ metadata }) => !namespace || metadata.namespace === undefined || metadata.namespace === namespace,
    );
  const get: ResourceReader['get'] = (group, resource, namespace, name) =>
    list(group, resource, namespace).find(({ metadata }) => metadata.name === name);
  return { get, list, listByIndex: () => [], getFresh: async (...key) => get(...key), onChange: () => () => {} };
}

/** Runs a plugin as the chain does. @returns what it made of the object; a refusal is thrown */
export async function run(plugin: AdmissionPlugin, attributes: AdmissionAttributes): Promise<AnyObject | undefined> {
  if (!plugin.handles(attributes.operation)) return attributes.object;
  await plugin.admit?.(attributes);
  await plugin.validate?.(attributes);
  return attributes.object;
}

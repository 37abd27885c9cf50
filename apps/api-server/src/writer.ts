import {
  type Definitions,
  type DeleteOptions,
  deleteObject,
  type Registry,
  type RequestContext,
  type ResourceWriter,
  setManagedFields,
} from '@windlass/apiserver';
import { type AnyObject, apiVersionOf, internalError, type ResourceDefinition } from '@windlass/meta';

/** Who the server is when it writes for itself. */
export const LOOPBACK_USER = { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** A request of the server itself. */
export const serverContext = (
  definition: ResourceDefinition,
  namespace: string,
  name: string,
  subresource = '',
): RequestContext => ({
  info: {
    isResourceRequest: true,
    verb: 'update',
    path: '',
    apiPrefix: definition.group ? 'apis' : 'api',
    group: definition.group,
    version: definition.version,
    resource: definition.names.plural,
    subresource,
    namespace,
    name,
    pathName: name,
    rest: [],
  },
  user: LOOPBACK_USER,
  query: new URLSearchParams(),
  headers: {},
  warnings: [],
  auditAnnotations: {},
  signal: new AbortController().signal,
});

/** Writes through the registry in the server's own name. Admission runs, as for everyone. */
export function loopbackWriter(definitions: Definitions, registry: Registry): ResourceWriter {
  const definitionOf = (group: string, resource: string): ResourceDefinition => {
    const definition = definitions.stored(group, resource);
    if (!definition) throw internalError(`no stored definition of ${resource}.${group}`);
    return definition;
  };
  const options = { dryRun: false, fieldManager: 'kube-apiserver', fieldValidation: 'Ignore' as const, force: false };
  return {
    async create(group, resource, object) {
      const definition = definitionOf(group, resource);
      const context = serverContext(definition, object.metadata.namespace ?? '', object.metadata.name ?? '');
      return (await registry.create(definition, context, object, options)).object;
    },
    async modify(group, resource, namespace, name, change, subresource) {
      const definition = definitionOf(group, resource);
      const produce = (current: AnyObject) => change(JSON.parse(JSON.stringify(current)) as AnyObject) ?? current;
      return (await registry.update(definition, serverContext(definition, namespace, name, subresource), options, produce))
        .object;
    },
    async apply(group, resource, object, manager, subresource = '') {
      const definition = definitionOf(group, resource);
      const { namespace = '', name = '' } = object.metadata;
      const applied = { apiVersion: apiVersionOf(definition.group, definition.version), kind: definition.kind, ...object };
      let fields: AnyObject['metadata']['managedFields'];
      const merge = (current: AnyObject): AnyObject => {
        const how = { manager, subresource, force: true };
        const result = registry.fields.apply(definition, current, applied, how, registry.now());
        fields = result.managedFields;
        return result.object ?? current;
      };
      const as = { ...options, fieldManager: manager };
      const context = serverContext(definition, namespace, name, subresource);
      return (await registry.update(definition, context, as, merge, (made) => setManagedFields(made, fields))).object;
    },
    async delete(group, resource, namespace, name, deleteOptions) {
      const definition = definitionOf(group, resource);
      await deleteObject(
        registry,
        definition,
        serverContext(definition, namespace, name),
        name,
        (deleteOptions ?? {}) as DeleteOptions,
        false,
      );
    },
  };
}

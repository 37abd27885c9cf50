import {
  ALL_VERBS,
  apiVersionOf,
  type GroupVersionKind,
  PATCH_CONTENT_TYPES,
  type ResourceDefinition,
  type Verb,
} from '@windlass/meta';
import { listKindOf } from '../definitions.ts';

/** One HTTP method on one path, in neither OpenAPI version's form. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';
  id: string;
  /** `x-kubernetes-action`. */
  action: string;
  gvk: GroupVersionKind;
  tag: string;
  description: string;
  parameters: readonly Parameter[];
  /** Schema of the body, with the media types it is taken in. */
  body?: { schema: string; types: readonly string[]; required: boolean };
  /** Schema by status; undefined: text. */
  responses: readonly { status: number; schema: string | undefined }[];
}

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  type: 'string' | 'boolean' | 'integer';
}

export interface PathItem {
  path: string;
  parameters: readonly Parameter[];
  operations: readonly Operation[];
}

const query = (type: Parameter['type'], ...names: string[]): Parameter[] => names.map((name) => ({ name, in: 'query', type }));
const LIST = [
  ...query('boolean', 'allowWatchBookmarks'),
  ...query('string', 'continue', 'fieldSelector', 'labelSelector'),
  ...query('integer', 'limit'),
  ...query('string', 'resourceVersion', 'resourceVersionMatch'),
  ...query('boolean', 'sendInitialEvents'),
  ...query('integer', 'timeoutSeconds'),
  ...query('boolean', 'watch'),
];
const WRITE = query('string', 'dryRun', 'fieldManager', 'fieldValidation');
const FORCE = query('boolean', 'force');
const DELETE = [
  ...query('string', 'dryRun'),
  ...query('integer', 'gracePeriodSeconds'),
  ...query('boolean', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'orphanDependents'),
  ...query('string', 'propagationPolicy'),
];
const PRETTY = query('string', 'pretty');
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const STATUS = `${META}.Status`;
const PATCH_BODY = { schema: `${META}.Patch`, types: Object.keys(PATCH_CONTENT_TYPES), required: true };
const DELETE_BODY = { schema: `${META}.DeleteOptions`, types: ['*/*'], required: false };
const body = (schema: string) => ({ schema, types: ['*/*'], required: true });

const pascal = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** `rbac.authorization.k8s.io` → `RbacAuthorization`, `stable.example.com` → `StableExampleCom`, '' → `Core`. */
const groupName = (group: string): string =>
  (group || 'core')
    .replace(/\.k8s\.io$/, '')
    .split('.')
    .map((part) => pascal(part.replaceAll('-', '')))
    .join('');

/** Everything that OpenAPI says of a kind's paths: collection, object, all namespaces, and subresources. */
export function pathsOf(definition: ResourceDefinition, schemaOfKind: (gvk: GroupVersionKind) => string | undefined): PathItem[] {
  const { group, version, kind, names, scope } = definition;
  const root = `${group ? '/apis' : '/api'}/${apiVersionOf(group, version)}`;
  const namespaced = scope === 'Namespaced';
  const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${names.plural}`;
  const common: Parameter[] = [...(namespaced ? [{ name: 'namespace', in: 'path', type: 'string' } as const] : []), ...PRETTY];
  const inPath: Parameter[] = [{ name: 'name', in: 'path', type: 'string' }, ...common];
  const place = groupName(group) + pascal(version);
  const noun = `${place}${namespaced ? 'Namespaced' : ''}${kind}`;
  const tag = `${place.charAt(0).toLowerCase()}${place.slice(1).replace(/(V\d.*)$/, (v) => `_${v.toLowerCase()}`)}`;
  const gvk = { group, version, kind };
  const has = (verb: Verb) => (definition.verbs ?? ALL_VERBS).includes(verb);
  const { schema } = definition;
  const list = `${schema.slice(0, schema.lastIndexOf('.') + 1)}${listKindOf(definition)}`;
  const make = (o: Omit<Operation, 'gvk' | 'tag'>): Operation => ({ gvk, tag, ...o });
  const ok = (name: string | undefined, ...statuses: number[]) => statuses.map((status) => ({ status, schema: name }));

  const items: PathItem[] = [];
  const onCollection: Operation[] = [];
  if (has('list'))
    onCollection.push(
      make({
        method: 'get',
        id: `list${noun}`,
        action: 'list',
        description: `list or watch objects of kind ${kind}`,
        parameters: LIST,
        responses: ok(list, 200),
      }),
    );
  if (has('create'))
    onCollection.push(
      make({
        method: 'post',
        id: `create${noun}`,
        action: 'post',
        description: `create a ${kind}`,
        parameters: WRITE,
        body: body(schema),
        responses: ok(schema, 200, 201, 202),
      }),
    );
  if (has('deletecollection'))
    onCollection.push(
      make({
        method: 'delete',
        id: `delete${place}Collection${namespaced ? 'Namespaced' : ''}${kind}`,
        action: 'deletecollection',
        description: `delete collection of ${kind}`,
        parameters: [...LIST, ...DELETE],
        body: DELETE_BODY,
        responses: ok(STATUS, 200),
      }),
    );
  if (onCollection.length > 0) items.push({ path: collection, parameters: common, operations: onCollection });
  if (namespaced && has('list'))
    items.push({
      path: `${root}/${names.plural}`,
      parameters: [...PRETTY, ...LIST],
      operations: [
        make({
          method: 'get',
          id: `list${place}${kind}ForAllNamespaces`,
          action: 'list',
          description: `list or watch objects of kind ${kind}`,
          parameters: [],
          responses: ok(list, 200),
        }),
      ],
    });

  const objectOperations = (
    suffix: string,
    verbs: (verb: Verb) => boolean,
    shown: string,
    of: GroupVersionKind,
    what: string,
  ): Operation[] => {
    const one = (o: Omit<Operation, 'gvk' | 'tag'>): Operation => ({ gvk: of, tag, ...o });
    const operations: Operation[] = [];
    if (verbs('get'))
      operations.push(
        one({
          method: 'get',
          id: `read${noun}${suffix}`,
          action: 'get',
          description: `read ${what}`,
          parameters: [],
          responses: ok(shown, 200),
        }),
      );
    if (verbs('update'))
      operations.push(
        one({
          method: 'put',
          id: `replace${noun}${suffix}`,
          action: 'put',
          description: `replace ${what}`,
          parameters: WRITE,
          body: body(shown),
          responses: ok(shown, 200, 201),
        }),
      );
    if (verbs('create') && suffix)
      operations.push(
        one({
          method: 'post',
          id: `create${noun}${suffix}`,
          action: 'post',
          description: `create ${what}`,
          parameters: WRITE,
          body: body(shown),
          responses: ok(shown, 200, 201, 202),
        }),
      );
    if (verbs('delete') && !suffix)
      operations.push(
        one({
          method: 'delete',
          id: `delete${noun}`,
          action: 'delete',
          description: `delete ${what}`,
          parameters: DELETE,
          body: DELETE_BODY,
          responses: ok(STATUS, 200, 202),
        }),
      );
    if (verbs('patch'))
      operations.push(
        one({
          method: 'patch',
          id: `patch${noun}${suffix}`,
          action: 'patch',
          description: `partially update ${what}`,
          parameters: [...WRITE, ...FORCE],
          body: PATCH_BODY,
          responses: ok(shown, 200, 201),
        }),
      );
    return operations;
  };
  const onObject = objectOperations('', has, schema, gvk, `the specified ${kind}`);
  if (onObject.length > 0) items.push({ path: `${collection}/{name}`, parameters: inPath, operations: onObject });

  for (const [name, sub] of Object.entries(definition.subresources ?? {})) {
    const path = `${collection}/{name}/${name}`;
    const suffix = pascal(name);
    const what = `${name} of the specified ${kind}`;
    const verbs = (verb: Verb) => sub.verbs.includes(verb);
    if (sub.type === 'connect') {
      const methods = { get: 'get', create: 'post', update: 'put', patch: 'patch', delete: 'delete' } as const;
      const operations = (Object.keys(methods) as (keyof typeof methods)[]).filter(verbs).map(
        (verb): Operation => ({
          method: methods[verb],
          id: `connect${pascal(methods[verb])}${noun}${suffix}`,
          action: 'connect',
          gvk: sub.body,
          tag,
          description: `connect to ${what}`,
          parameters: [],
          responses: ok(undefined, 200),
        }),
      );
      items.push({ path, parameters: inPath, operations });
      continue;
    }
    const of =
      sub.type === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : sub.type === 'action' ? sub.body : gvk;
    const shown = schemaOfKind(of) ?? schema;
    items.push({ path, parameters: inPath, operations: objectOperations(suffix, verbs, shown, of, what) });
  }
  return items;
}

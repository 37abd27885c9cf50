import {
  type AnyObject,
  badRequest,
  conflict,
  methodNotSupported,
  type ResourceDefinition,
  StatusError,
  unknownResource,
} from '@windlass/meta';
import { verbsOf } from '../definitions.ts';
import { listRequest, parseRevision } from '../read/list-options.ts';
import { selectionOf } from '../read/selectors.ts';
import type { WriteOptions } from '../registry/context.ts';
import { deleteObject } from '../registry/delete.ts';
import { checkDeleteOptions, type DeleteOptions } from '../registry/delete-options.ts';
import { bodyFormat, judge } from '../request/decoders.ts';
import { isTrue } from '../request/request-info.ts';
import { writeOptions } from '../request/write-options.ts';
import type { RequestContext } from '../seams.ts';
import { extensionKey, type ServerParts } from '../server-parts.ts';
import type { Answer } from './answer.ts';
import { applyObject } from './apply.ts';
import { checkName } from './names.ts';
import { patcher, patchTypeOf } from './patch.ts';
import { SCALE_SCHEMA, scaleOf, withReplicas } from './scale.ts';

export interface ResourceRequest {
  parts: ServerParts;
  definition: ResourceDefinition;
  context: RequestContext;
  body: () => Promise<string>;
}

const success = (definition: ResourceDefinition, object: AnyObject, status = 200): Answer => ({
  status,
  kind: 'object',
  definition,
  object,
});

/** Answers every verb but watch and connections. @throws StatusError */
export async function handleResource(request: ResourceRequest): Promise<Answer> {
  const { definition, context } = request;
  const { verb, subresource, name } = context.info;
  if (subresource) return handleSubresource(request);
  const virtual = request.parts.extensions.virtual.get(extensionKey(definition.group, definition.names.plural));
  if (virtual) return handleVirtual(request);
  if (!verbsOf(definition).includes(verb as never))
    throw methodNotSupported(
      { group: definition.group, resource: definition.names.plural },
      verb === 'deletecollection' ? 'delete' : verb,
    );
  switch (verb) {
    case 'get':
      return get(request);
    case 'list':
      return list(request);
    case 'create':
      return create(request);
    case 'update':
      return update(request);
    case 'patch':
      return patch(request);
    case 'delete':
      return remove(request, name);
    case 'deletecollection':
      return removeCollection(request);
    default:
      throw unknownResource();
  }
}

async function get({ parts, definition, context }: ResourceRequest): Promise<Answer> {
  const revision = parseRevision(context.query.get('resourceVersion') ?? '', false);
  const shown = await parts.reader.get(definition, context.info.namespace, context.info.name, revision);
  return { status: 200, kind: 'object', definition, object: shown.object, bytes: shown.bytes };
}

async function list({ parts, definition, context }: ResourceRequest): Promise<Answer> {
  const selection = selectionOf(definition, context.query);
  const answer = await parts.reader.list(definition, context.info.namespace, listRequest(context.query, false), selection);
  return { status: 200, kind: 'list', definition, list: answer };
}

async function create(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const options = writeOptions('CreateOptions', context.query, context.headers['user-agent']);
  const format = bodyFormat(context.headers['content-type'], definition);
  const object = judge(
    parts.decoders.body(definition, await request.body(), format),
    options.fieldValidation,
    definition.kind,
    context.warnings,
  );
  if (object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  return success(definition, await parts.registry.create(definition, context, object, options), 201);
}

async function update(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const { name } = context.info;
  const options = writeOptions('UpdateOptions', context.query, context.headers['user-agent']);
  const format = bodyFormat(context.headers['content-type'], definition);
  const object = judge(
    parts.decoders.body(definition, await request.body(), format),
    options.fieldValidation,
    definition.kind,
    context.warnings,
  );
  checkName(object, name);
  const pristine = JSON.stringify(object);
  const { uid } = object.metadata;
  const produce = (current: AnyObject) => {
    checkUid(definition, current, uid);
    return JSON.parse(pristine) as AnyObject;
  };
  try {
    return success(definition, await parts.registry.update(definition, context, options, produce));
  } catch (error) {
    const missing = error instanceof StatusError && error.code === 404 && error.status.details?.name === name;
    if (!missing || !definition.createOnUpdate || context.info.subresource) throw error;
  }
  checkUid(definition, { metadata: { name, namespace: context.info.namespace } }, uid);
  const creating: RequestContext = { ...context, info: { ...context.info, verb: 'create' } };
  return success(definition, await parts.registry.create(definition, creating, object, options), 201);
}

/** The uid in a PUT is a precondition; the text shows Kubernetes' storage key. @throws StatusError 409 */
function checkUid(definition: ResourceDefinition, { metadata }: AnyObject, uid: string | undefined): void {
  if (!uid || uid === metadata.uid) return;
  const { group, names, scope, registryPath = names.plural } = definition;
  const key = ['/registry', registryPath, ...(scope === 'Namespaced' ? [metadata.namespace] : []), metadata.name].join('/');
  throw conflict(
    { group, resource: names.plural },
    metadata.name!,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`,
  );
}

async function patch(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const type = patchTypeOf(context.headers['content-type'], definition);
  const options = writeOptions('PatchOptions', context.query, context.headers['user-agent'], type === 'apply');
  const text = await request.body();
  if (type === 'apply') return apply(request, text, options);
  const produce = patcher(parts, definition, type, text, context, options);
  return success(definition, await parts.registry.update(definition, context, options, produce));
}

async function apply({ parts, definition, context }: ResourceRequest, text: string, options: WriteOptions): Promise<Answer> {
  const { object, created } = await applyObject(parts, definition, context, text, options);
  return success(definition, object, created ? 201 : 200);
}

/** DeleteOptions from the body (if any) and the query, which Kubernetes also reads. @throws StatusError 400, 422 */
async function deleteOptions(request: ResourceRequest): Promise<DeleteOptions> {
  const text = (await request.body()).trim();
  const { query } = request.context;
  let options: DeleteOptions = {};
  if (text) {
    try {
      options = JSON.parse(text) as DeleteOptions;
    } catch (error) {
      throw badRequest(`unable to decode DeleteOptions: ${(error as Error).message}`);
    }
  } else {
    const grace = query.get('gracePeriodSeconds');
    if (grace !== null && grace !== '') {
      if (!/^-?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
      options.gracePeriodSeconds = Number(grace);
    }
    const policy = query.get('propagationPolicy');
    if (policy !== null) options.propagationPolicy = policy as DeleteOptions['propagationPolicy'];
    const orphan = query.get('orphanDependents');
    if (orphan !== null) options.orphanDependents = isTrue(orphan);
  }
  const dryRun = query.getAll('dryRun');
  if (dryRun.length > 0) options.dryRun = dryRun;
  checkDeleteOptions(options);
  return options;
}

async function remove(request: ResourceRequest, name: string): Promise<Answer> {
  const { parts, definition, context } = request;
  const options = await deleteOptions(request);
  const { object, removed } = await deleteObject(
    parts.registry,
    definition,
    context,
    name,
    options,
    (options.dryRun?.length ?? 0) > 0,
  );
  // As Kubernetes: only this old way to ask for a cascade is told that the object is still there.
  const status = !removed && options.orphanDependents === false ? 202 : 200;
  if (object.kind === 'Status') return { status, kind: 'raw', object };
  return success(definition, object as AnyObject, status);
}

async function removeCollection(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const options = await deleteOptions(request);
  const selection = selectionOf(definition, context.query);
  const found = await parts.reader.list(definition, context.info.namespace, listRequest(context.query, false), selection);
  const removed: AnyObject[] = [];
  const lanes = [...found.items];
  const work = async () => {
    for (let shown = lanes.pop(); shown; shown = lanes.pop()) {
      const { object } = shown;
      const inner: RequestContext = {
        ...context,
        info: { ...context.info, namespace: object.metadata.namespace ?? '', name: object.metadata.name! },
      };
      try {
        await deleteObject(parts.registry, definition, inner, object.metadata.name!, options, (options.dryRun?.length ?? 0) > 0);
        removed.push(object);
      } catch (error) {
        if ((error as { code?: number }).code !== 404) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return { status: 200, kind: 'list', definition, list: { ...found, continue: '', remaining: undefined } };
}

async function handleVirtual(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const virtual = parts.extensions.virtual.get(extensionKey(definition.group, definition.names.plural))!;
  const { verb } = context.info;
  if (verb === 'create' && virtual.create) {
    const options = writeOptions('CreateOptions', context.query, context.headers['user-agent']);
    const decoded = parts.decoders.body(
      definition,
      await request.body(),
      bodyFormat(context.headers['content-type'], definition),
    );
    const object = judge(decoded, options.fieldValidation, definition.kind, context.warnings);
    const hooks = {
      now: new Date(),
      user: context.user,
      dryRun: options.dryRun,
      subresource: '',
      namespace: context.info.namespace,
    };
    definition.strategy?.default?.(object, hooks);
    parts.registry.fields.create(definition, object, { manager: options.fieldManager, subresource: '' }, hooks.now);
    const made = await virtual.create(object, context);
    return made.kind === 'Status' ? { status: 201, kind: 'raw', object: made } : success(definition, made, 201);
  }
  if (verb === 'get' && virtual.get) return success(definition, await virtual.get(context));
  if (verb === 'list' && virtual.list) {
    const selection = selectionOf(definition, context.query);
    const items = (await virtual.list(context)).filter((object) => selection.matches(object));
    const shown = items.map((object) => ({ object, bytes: Buffer.from(JSON.stringify(object)) }) as never);
    return { status: 200, kind: 'list', definition, list: { items: shown, revision: 0, continue: '', remaining: undefined } };
  }
  throw methodNotSupported({ group: definition.group, resource: definition.names.plural }, verb);
}

async function handleSubresource(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const { subresource, verb } = context.info;
  const sub = definition.subresources?.[subresource];
  if (!sub) throw unknownResource();
  if (!sub.verbs.includes(verb as never))
    throw methodNotSupported({ group: definition.group, resource: definition.names.plural }, verb);
  if (sub.type === 'view') return verb === 'get' ? get(request) : verb === 'update' ? update(request) : patch(request);
  if (sub.type === 'scale') return handleScale(request);
  const action = parts.extensions.actions.get(extensionKey(definition.group, definition.names.plural, subresource));
  if (!action) throw unknownResource();
  const options = writeOptions('CreateOptions', context.query, context.headers['user-agent']);
  const text = await request.body();
  const body = text ? (JSON.parse(text) as AnyObject) : ({ metadata: {} } as AnyObject);
  body.metadata ??= {};
  const { status, object } = await action(body, context, options.dryRun, options.fieldManager);
  return { status, kind: 'raw', object };
}

async function handleScale(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const scale = definition.subresources?.scale;
  if (scale?.type !== 'scale') throw unknownResource();
  const { verb } = context.info;
  if (verb === 'get') {
    const shown = await parts.reader.get(definition, context.info.namespace, context.info.name);
    return { status: 200, kind: 'raw', object: scaleOf(shown.object, scale) };
  }
  const options = writeOptions(verb === 'patch' ? 'PatchOptions' : 'UpdateOptions', context.query, context.headers['user-agent']);
  const scaleDefinition = {
    ...definition,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    schema: SCALE_SCHEMA,
  } as ResourceDefinition;
  const text = await request.body();
  const type = verb === 'patch' ? patchTypeOf(context.headers['content-type'], definition) : undefined;
  const main: RequestContext = { ...context, info: { ...context.info, subresource: '' } };
  const updated = await parts.registry.update(
    definition,
    main,
    options,
    (current) => {
      const before = scaleOf(current, scale);
      const wanted =
        type && type !== 'apply'
          ? patcher(parts, scaleDefinition, type, text, context, options)(before)
          : judge(
              parts.decoders.body(scaleDefinition, text, type ? 'yaml' : bodyFormat(context.headers['content-type'], definition)),
              options.fieldValidation,
              'Scale',
              context.warnings,
            );
      checkName(wanted, context.info.name);
      const pinned =
        wanted.metadata.resourceVersion !== before.metadata.resourceVersion || !type
          ? wanted.metadata.resourceVersion
          : undefined;
      return withReplicas(current, scale, wanted.spec?.replicas ?? 0, pinned);
    },
    parts.registry.fields.onUpdate(definition, options.fieldManager, 'scale'),
  );
  return { status: 200, kind: 'raw', object: scaleOf(updated, scale) };
}

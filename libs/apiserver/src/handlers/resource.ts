import {
  type AnyObject,
  badRequest,
  conflict,
  methodNotSupported,
  type ResourceDefinition,
  StatusError,
  unknownResource,
} from '@windlass/meta';
import { subresourceOf, verbsOf } from '../definitions.ts';
import { listRequest, parseRevision } from '../read/list-options.ts';
import { selectionOf } from '../read/selectors.ts';
import type { WriteOptions } from '../registry/context.ts';
import { bodyFormat, judge } from '../request/decoders.ts';
import { writeOptions } from '../request/write-options.ts';
import { extensionKey } from '../server-parts.ts';
import { actionBody } from './action-body.ts';
import { admitAction } from './admit-other.ts';
import type { Answer } from './answer.ts';
import { applyObject } from './apply.ts';
import { asCreate } from './create-on-write.ts';
import { handleDelete, handleDeleteCollection } from './delete.ts';
import { checkName } from './names.ts';
import { patcher, patchTypeOf } from './patch.ts';
import { answerWritten, type ResourceRequest } from './request.ts';
import { handleScale } from './scale-requests.ts';
import { handleVirtual } from './virtual.ts';

/** Answers every verb but watch and connections. @throws StatusError */
export async function handleResource(request: ResourceRequest): Promise<Answer> {
  const { definition, context } = request;
  const { verb, subresource } = context.info;
  if (subresource) return handleSubresource(request);
  const virtual = request.parts.extensions.virtual.get(extensionKey(definition.group, definition.names.plural));
  if (virtual) return handleVirtual(request, virtual);
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
      return handleDelete(request);
    case 'deletecollection':
      return handleDeleteCollection(request);
    default:
      throw unknownResource();
  }
}

async function get({ parts, definition, context }: ResourceRequest): Promise<Answer> {
  const revision = parseRevision(context.query.get('resourceVersion') ?? '', false);
  const shown = await parts.reader.get(definition, context.info.namespace, context.info.name, revision);
  return {
    status: 200,
    kind: 'object',
    definition,
    // Parsed only for whoever asks for another form of it.
    get object() {
      return shown.object;
    },
    json: shown.bytes,
  };
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
  return answerWritten(definition, await parts.registry.create(definition, context, object, options), 201);
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
    return answerWritten(definition, await parts.registry.update(definition, context, options, produce));
  } catch (error) {
    const missing = error instanceof StatusError && error.code === 404 && error.status.details?.name === name;
    if (!missing || !definition.createOnUpdate) throw error;
  }
  checkUid(definition, { metadata: { name, namespace: context.info.namespace } }, uid);
  const creating = await asCreate(parts, definition, context);
  return answerWritten(definition, await parts.registry.create(definition, creating, object, options), 201);
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
  return answerWritten(definition, await parts.registry.update(definition, context, options, produce));
}

async function apply({ parts, definition, context }: ResourceRequest, text: string, options: WriteOptions): Promise<Answer> {
  const made = await applyObject(parts, definition, context, text, options);
  return answerWritten(definition, made, made.created ? 201 : 200);
}

async function handleSubresource(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const { subresource, verb } = context.info;
  const sub = subresourceOf(definition, subresource);
  if (!sub) throw unknownResource();
  if (!sub.verbs.includes(verb as never))
    throw methodNotSupported({ group: definition.group, resource: definition.names.plural }, verb);
  if (sub.type === 'view') return verb === 'get' ? get(request) : verb === 'update' ? update(request) : patch(request);
  if (sub.type === 'scale') return handleScale(request, sub);
  const action = parts.extensions.actions.get(extensionKey(definition.group, definition.names.plural, subresource));
  if (!action) throw unknownResource();
  const options = writeOptions('CreateOptions', context.query, context.headers['user-agent']);
  const body = await actionBody(request, sub.body, options);
  const admitted = await admitAction(parts.registry, definition, context, sub.body, body, options.dryRun);
  const { status, object } = await action(admitted, context, options.dryRun, options.fieldManager);
  return { status, kind: 'raw', object };
}

import { methodNotSupported } from '@windlass/meta';
import { selectionOf } from '../read/selectors.ts';
import { hookContext } from '../registry/context.ts';
import { bodyFormat, judge } from '../request/decoders.ts';
import { writeOptions } from '../request/write-options.ts';
import type { VirtualResource } from '../seams.ts';
import type { Answer } from './answer.ts';
import { type ResourceRequest, success } from './request.ts';

/** A kind that is answered, not stored. @throws StatusError */
export async function handleVirtual(request: ResourceRequest, virtual: VirtualResource): Promise<Answer> {
  const { definition, context } = request;
  const { verb } = context.info;
  if (verb === 'create' && virtual.create) return create(request, virtual.create);
  if (verb === 'get' && virtual.get) return success(definition, await virtual.get(context));
  if (verb === 'list' && virtual.list) {
    const selection = selectionOf(definition, context.query);
    const items = (await virtual.list(context)).filter((object) => selection.matches(object));
    const shown = items.map((object) => ({ object, bytes: Buffer.from(JSON.stringify(object)) }) as never);
    return { status: 200, kind: 'list', definition, list: { items: shown, revision: 0, continue: '', remaining: undefined } };
  }
  throw methodNotSupported({ group: definition.group, resource: definition.names.plural }, verb);
}

async function create(
  { parts, definition, context, body }: ResourceRequest,
  answer: NonNullable<VirtualResource['create']>,
): Promise<Answer> {
  const options = writeOptions('CreateOptions', context.query, context.headers['user-agent']);
  const decoded = parts.decoders.body(definition, await body(), bodyFormat(context.headers['content-type'], definition));
  const object = judge(decoded, options.fieldValidation, definition.kind, context.warnings);
  const hooks = hookContext(context, definition, options.dryRun, parts.registry.now());
  definition.strategy?.default?.(object, hooks);
  parts.registry.fields.create(definition, object, { manager: options.fieldManager, subresource: '' }, hooks.now);
  const made = await answer(object, context);
  return made.kind === 'Status' ? { status: 201, kind: 'raw', object: made } : success(definition, made, 201);
}

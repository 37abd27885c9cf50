import {
  type AnyObject,
  apiVersionOf,
  conflict,
  fieldError,
  invalid,
  parentEntries,
  type ResourceDefinition,
  type ScaleSubresource,
  scaleEntries,
} from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { setManagedFields } from '../registry/field-management.ts';
import { bodyFormat, judge } from '../request/decoders.ts';
import { writeOptions } from '../request/write-options.ts';
import type { RequestContext } from '../seams.ts';
import type { Answer } from './answer.ts';
import { judgeText, parseApplied } from './apply.ts';
import { checkName } from './names.ts';
import { patcher, patchTypeOf } from './patch.ts';
import { type ResourceRequest, success } from './request.ts';
import { scaleOf, withScale } from './scale.ts';

/** The next Scale, with managedFields, from the present one. */
type NextScale = (before: AnyObject) => AnyObject;

/** GET, PUT and PATCH of a scale subresource. @throws StatusError */
export async function handleScale(request: ResourceRequest, sub: ScaleSubresource): Promise<Answer> {
  const { parts, definition, context } = request;
  const { verb, namespace, name } = context.info;
  if (verb === 'get') {
    const shown = await parts.reader.get(definition, namespace, name);
    return success(parts.scale, scaleOf(shown.object, sub));
  }
  const type = verb === 'patch' ? patchTypeOf(context.headers['content-type'], definition) : undefined;
  const kind = type ? 'PatchOptions' : 'UpdateOptions';
  const options = writeOptions(kind, context.query, context.headers['user-agent'], type === 'apply');
  const next = await nextScale(request, type, options);
  const { version, replicas } = {
    version: apiVersionOf(definition.group, definition.version),
    replicas: sub.specReplicasPath.replace(/^\./, ''),
  };
  const produce = (current: AnyObject): AnyObject => {
    const before = scaleOf(current, sub);
    setManagedFields(before, scaleEntries(current.metadata.managedFields, version, replicas));
    const wanted = next(before);
    checkScale(definition, wanted, current);
    const object = withScale(current, sub, wanted);
    setManagedFields(object, parentEntries(current.metadata.managedFields, wanted.metadata.managedFields, version, replicas));
    return object;
  };
  // Written through the object itself: its status is kept, its managers are already settled.
  const main: RequestContext = { ...context, info: { ...context.info, subresource: '' } };
  const { object } = await parts.registry.update(definition, main, options, produce, () => {});
  return success(parts.scale, scaleOf(object, sub));
}

async function nextScale(
  { parts, definition, context, body }: ResourceRequest,
  type: ReturnType<typeof patchTypeOf> | undefined,
  options: WriteOptions,
): Promise<NextScale> {
  const { scale } = parts;
  const { fields } = parts.registry;
  const text = await body();
  const writer = { manager: options.fieldManager, subresource: 'scale' };
  if (type === 'apply') {
    const { applied, problems } = parseApplied(scale, text);
    return (before) => {
      const result = fields.apply(scale, before, applied, { ...writer, force: options.force }, parts.registry.now());
      judgeText(problems, options.fieldValidation, context.warnings);
      const object = result.object ? parts.decoders.value(scale, result.object).object : before;
      checkName(object, context.info.name);
      setManagedFields(object, result.managedFields);
      return object;
    };
  }
  let produce: NextScale;
  if (type) produce = patcher(parts, scale, type, text, context, options);
  else {
    const decoded = parts.decoders.body(scale, text, bodyFormat(context.headers['content-type'], definition));
    const object = judge(decoded, options.fieldValidation, scale.kind, context.warnings);
    checkName(object, context.info.name);
    produce = () => JSON.parse(JSON.stringify(object)) as AnyObject;
  }
  return (before) => {
    const object = produce(before);
    fields.update(scale, object, before, writer, parts.registry.now());
    return object;
  };
}

/** @throws StatusError 409, 422 */
function checkScale({ group, names }: ResourceDefinition, { metadata, spec }: AnyObject, current: AnyObject): void {
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0)
    throw invalid('autoscaling', 'Scale', metadata.name ?? '', [
      fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  if (metadata.uid && metadata.uid !== current.metadata.uid)
    throw conflict(
      { group, resource: names.plural },
      current.metadata.name!,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid}`,
    );
}

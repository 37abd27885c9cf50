import type { AnyObject, GroupVersionKind, ResourceDefinition } from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { bodyFormat, judge } from '../request/decoders.ts';
import type { ResourceRequest } from './request.ts';

/** `io.k8s.api.policy.v1.Eviction` */
const schemaOf = ({ group, version, kind }: GroupVersionKind): string =>
  `io.k8s.api.${group.split('.', 1)[0] || 'core'}.${version}.${kind}`;

/** The body of a binding, an eviction, a token request: a kind of its own, not that of the resource. @throws StatusError 400, 415 */
export async function actionBody(
  { parts, definition, context, body }: ResourceRequest,
  gvk: GroupVersionKind,
  { fieldValidation }: WriteOptions,
): Promise<AnyObject> {
  const text = await body();
  if (!text) return { metadata: {} };
  const kind = { ...definition, ...gvk, schema: schemaOf(gvk) } as ResourceDefinition;
  const format = bodyFormat(context.headers['content-type'], kind);
  // Older versions of a body have the same form (policy/v1beta1).
  const accepts = (given: GroupVersionKind) => given.group === gvk.group && given.kind === gvk.kind;
  return judge(parts.decoders.body(kind, text, format, accepts), fieldValidation, gvk.kind, context.warnings);
}

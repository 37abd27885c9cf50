import { forbidden, type ResourceDefinition } from '@windlass/meta';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';

/**
 * The create that an update or apply of a missing object turns into: who may write the object need not be allowed to create it.
 * @throws StatusError 403
 */
export async function asCreate(
  { authorizer }: ServerParts,
  { group, names }: ResourceDefinition,
  context: RequestContext,
): Promise<RequestContext> {
  const info = { ...context.info, verb: 'create' };
  const { decision, reason = '' } = await authorizer.authorize({ user: context.user, ...info });
  if (decision !== 'allow') throw forbidden({ group, resource: names.plural }, info.name, reason);
  return { ...context, info };
}

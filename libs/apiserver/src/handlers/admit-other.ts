import type { AnyObject, ConnectSubresource, GroupVersionKind, ResourceDefinition } from '@windlass/meta';
import { admissionAttributes } from '../registry/admission-chain.ts';
import type { Registry } from '../registry/registry.ts';
import type { RequestContext } from '../seams.ts';

const FLAGS = ['stdin', 'stdout', 'stderr', 'tty'];

/** The query of a connection as the object that admission sees: PodExecOptions, ServiceProxyOptions… */
function connectOptions({ group, version, kind }: GroupVersionKind, query: URLSearchParams): AnyObject {
  const object: Record<string, unknown> = { kind, apiVersion: group ? `${group}/${version}` : version };
  for (const flag of FLAGS) if (query.has(flag)) object[flag] = !['false', '0'].includes(query.get(flag)!);
  for (const text of ['container', 'path']) if (query.get(text)) object[text] = query.get(text);
  if (query.has('command')) object.command = query.getAll('command');
  if (query.has('ports')) object.ports = query.getAll('ports').flatMap((ports) => ports.split(',').map(Number));
  return object as unknown as AnyObject;
}

/** Asks admission about exec, attach, portforward and proxy. @throws StatusError */
export async function admitConnection(
  { admission }: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  { body }: ConnectSubresource,
): Promise<void> {
  // Logs are a plain read.
  if (!body.kind.endsWith('Options') || context.info.subresource === 'log') return;
  const object = connectOptions(body, context.query);
  const attributes = admissionAttributes('CONNECT', definition, context, object, undefined, { dryRun: false });
  await admission.judge({ ...attributes, kind: body, name: context.info.name });
}

/** Asks admission about a binding, an eviction, a token request. @returns the body, perhaps changed. @throws StatusError */
export async function admitAction(
  { admission }: Registry,
  definition: ResourceDefinition,
  context: RequestContext,
  kind: GroupVersionKind,
  object: AnyObject,
  dryRun: boolean,
): Promise<AnyObject> {
  const attributes = admissionAttributes('CREATE', definition, context, object, undefined, { dryRun });
  return (await admission.judge({ ...attributes, kind, name: context.info.name })) ?? object;
}

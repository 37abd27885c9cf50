import type { ActionHandler, Registry } from '@windlass/apiserver';
import { type AnyObject, badRequest, conflict, plainError, type ResourceDefinition, success } from '@windlass/meta';
import type { PodCondition } from '@windlass/resources';

const POD_BINDING = { group: '', resource: 'pods/binding' };

function checkTarget(target: { kind?: string; name?: string } | undefined): string {
  const { kind = '', name = '' } = target ?? {};
  if (kind !== '' && kind !== 'Node')
    throw plainError(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  if (name === '') throw plainError('target.name: Required value');
  return name;
}

function bind(pod: AnyObject, body: AnyObject, node: string, now: Date): void {
  const { name } = pod.metadata;
  const refuse = (message: string) => conflict(POD_BINDING, name!, message);
  const { uid } = body.metadata;
  if (uid && uid !== pod.metadata.uid)
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`);
  if (pod.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec.schedulingGates?.length > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = node;
  for (const field of ['annotations', 'labels'] as const)
    if (Object.keys(body.metadata[field] ?? {}).length > 0)
      pod.metadata[field] = { ...pod.metadata[field], ...body.metadata[field] };
  pod.status ??= {};
  const others: PodCondition[] = (pod.status.conditions ?? []).filter((c: PodCondition) => c.type !== 'PodScheduled');
  const lastTransitionTime = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime };
  pod.status.conditions = [...others, scheduled];
}

/** POST pods/NAME/binding, which the scheduler sends: assigns a pod to a node, once. */
export const podBinding =
  (registry: Registry, pods: ResourceDefinition): ActionHandler =>
  async (body, { info }, dryRun) => {
    const name = info.name || (body.metadata.name ?? '');
    if (info.name && body.metadata.name !== info.name) throw badRequest('name in URL does not match name in Binding object');
    if (name === '') throw badRequest('Name parameter required.');
    const node = checkTarget(body.target);
    await registry.rewrite(pods, info.namespace, name, (pod) => bind(pod, body, node, registry.now()), dryRun);
    return { status: 201, object: success(undefined, 201) as unknown as AnyObject };
  };

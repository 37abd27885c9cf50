import type { UserInfo } from '@windlass/meta';
import type { Pod, TokenRequestSpec } from '@windlass/resources';
import { nodeOf } from '../authz/node/identity.ts';

const audiencesIn = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap(({ projected }) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }) => serviceAccountToken?.audience ?? []),
  );

/** Why a node may not have a token (NodeRestriction): only those of its own pods, for the audiences that they ask for. */
export function nodeRefusal(
  user: UserInfo,
  { boundObjectRef, audiences }: TokenRequestSpec,
  pod: Pod | undefined,
  own: readonly string[],
): string | undefined {
  const node = nodeOf(user);
  if (node === undefined) return undefined;
  const { apiVersion, kind, name, uid } = boundObjectRef ?? {};
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) return 'node requested token not bound to a pod';
  if (!uid) return 'node requested token with a pod binding without a uid';
  if (!pod) return undefined;
  if (pod.spec.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node';
  const stranger = audiences?.find((audience) => !own.includes(audience) && !audiencesIn(pod).includes(audience));
  return stranger === undefined ? undefined : `audience ${JSON.stringify(stranger)} not found in pod spec volume`;
}

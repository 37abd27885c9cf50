import type { ObjectMeta } from '@windlass/meta';
import type { PodSpec, PodTemplateSpec } from '../types.gen.ts';
import { goStruct } from './go-struct.ts';

/** Inside Kubernetes the host's namespaces are asked for in the security context. */
export const goPodSpec = (spec: PodSpec): Record<string, unknown> => {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext = {} } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return goStruct('PodSpec', { ...spec, securityContext: { ...host, ...securityContext } });
};

/** Metadata has JSON names of its own and is inlined. */
export const goPodTemplate = ({ metadata, spec }: PodTemplateSpec): Record<string, unknown> => ({
  ...withoutNulls(metadata),
  Spec: goPodSpec(spec!),
});

const withoutNulls = (metadata: ObjectMeta | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(metadata ?? {}).filter(([, value]) => value !== null));

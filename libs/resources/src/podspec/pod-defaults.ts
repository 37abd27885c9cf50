import type { Pod, PodSpec } from '../types.gen.ts';
import { defaultPodResources } from './pod-resources.ts';
import { defaultPodSpec } from './template-defaults.ts';

/** A limit without a request is a request too. Of pods alone, not of templates. */
function requestsFromLimits(spec: PodSpec): void {
  for (const containers of [spec.containers, spec.initContainers])
    for (const { resources } of containers ?? [])
      if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
}

/** With host networking a container port is the host's. */
function defaultHostPorts(spec: PodSpec): void {
  for (const containers of [spec.containers, spec.initContainers])
    for (const { ports } of containers ?? []) for (const port of ports ?? []) port.hostPort ||= port.containerPort;
}

/** SetDefaults_Pod. */
export function defaultPod(pod: Pod): void {
  const { spec } = pod;
  requestsFromLimits(spec);
  defaultPodSpec(spec);
  if (spec.resources) defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  // Of pods alone: templates keep what they were given.
  if (spec.terminationGracePeriodSeconds! < 0) spec.terminationGracePeriodSeconds = 1;
  if (spec.hostNetwork) defaultHostPorts(spec);
  const { status } = pod;
  // podIP is the older and authoritative form of the first of podIPs.
  if (status?.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  else if (status && !status.podIP && status.podIPs?.length) status.podIP = status.podIPs[0]!.ip;
}

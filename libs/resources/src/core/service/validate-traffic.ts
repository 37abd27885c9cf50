import { type FieldError, fieldError, path, validateQualifiedName } from '@windlass/meta';
import { oneOf } from '../../fields/enums.ts';
import { legacyCidr } from '../../fields/legacy-ips.ts';
import { textErrors } from '../../fields/names.ts';
import { portNumber } from '../../fields/ports.ts';
import type { Service } from '../../types.gen.ts';
import { externallyAccessible, needsHealthCheckNodePort } from './needs.ts';

const SPEC = path('spec');
const ONLY_LOAD_BALANCERS = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

/** The field, or the annotation that came before it. */
export function validateSourceRanges({ spec, metadata }: Service): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if (spec.loadBalancerSourceRanges?.length) {
    const at = SPEC.child('LoadBalancerSourceRanges');
    return [
      ...(isLoadBalancer ? [] : [fieldError.forbidden(at, ONLY_LOAD_BALANCERS)]),
      ...spec.loadBalancerSourceRanges.flatMap((range, i) => legacyCidr(range.trim(), at.index(i))),
    ];
  }
  const annotation = metadata.annotations?.[SOURCE_RANGES];
  if (annotation === undefined) return [];
  const at = path('metadata', 'annotations').key(SOURCE_RANGES);
  const ranges = annotation.trim() === '' ? [] : annotation.trim().split(',');
  return [
    ...(isLoadBalancer ? [] : [fieldError.forbidden(at, ONLY_LOAD_BALANCERS)]),
    ...ranges.flatMap((range) => legacyCidr(range.trim(), at)),
  ];
}

/** allocateLoadBalancerNodePorts is for load balancers. */
export function validateNodePortAllocation({ spec }: Service): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  if (spec.allocateLoadBalancerNodePorts === undefined)
    return isLoadBalancer ? [fieldError.required(path('allocateLoadBalancerNodePorts'))] : [];
  return isLoadBalancer ? [] : [fieldError.forbidden(SPEC.child('allocateLoadBalancerNodePorts'), ONLY_LOAD_BALANCERS)];
}

export function validateLoadBalancerClass({ spec }: Service, old: Service | undefined): FieldError[] {
  const at = SPEC.child('loadBalancerClass');
  const value = spec.loadBalancerClass;
  const errors: FieldError[] = [];
  if (old?.spec.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && old.spec.loadBalancerClass !== value)
    errors.push(fieldError.invalid(at, value ?? null, 'may not change once set'));
  if (value === undefined) return errors;
  if (spec.type === 'LoadBalancer') return [...errors, ...textErrors(validateQualifiedName, value, at)];
  return [...errors, fieldError.forbidden(at, ONLY_LOAD_BALANCERS)];
}

function validateExternal(service: Service): FieldError[] {
  const at = SPEC.child('externalTrafficPolicy');
  const { externalTrafficPolicy: policy = '' } = service.spec;
  if (!externallyAccessible(service))
    return policy ? [fieldError.invalid(at, policy, 'may only be set for externally-accessible services')] : [];
  return policy ? oneOf(policy, POLICIES, at) : [fieldError.required(at)];
}

function validateHealthCheck(service: Service): FieldError[] {
  const at = SPEC.child('healthCheckNodePort');
  const { healthCheckNodePort: port = 0 } = service.spec;
  if (needsHealthCheckNodePort(service)) return port ? portNumber(port, at) : [fieldError.required(at)];
  return port
    ? [fieldError.invalid(at, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
    : [];
}

/** Traffic policies and distribution. */
export function validateTraffic(service: Service): FieldError[] {
  const { type = '', internalTrafficPolicy: internal, trafficDistribution } = service.spec;
  const at = SPEC.child('internalTrafficPolicy');
  const wanted = ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(type);
  return [
    ...validateExternal(service),
    ...validateHealthCheck(service),
    ...(internal === undefined && wanted ? [fieldError.required(at)] : oneOf(internal, POLICIES, at)),
    ...oneOf(trafficDistribution, DISTRIBUTIONS, SPEC.child('trafficDistribution')),
  ];
}

/** A health check's node port stays what it is as long as the service needs one. */
export const validateHealthCheckUpdate = (service: Service, old: Service): FieldError[] =>
  needsHealthCheckNodePort(old) &&
  needsHealthCheckNodePort(service) &&
  (old.spec.healthCheckNodePort ?? 0) !== (service.spec.healthCheckNodePort ?? 0)
    ? [fieldError.forbidden(SPEC.child('healthCheckNodePort'), 'field is immutable')]
    : [];

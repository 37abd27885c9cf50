import { type FieldError, fieldError, path, validateLabels } from '@windlass/meta';
import { requiredOneOf } from '../../fields/enums.ts';
import { legacyIp } from '../../fields/legacy-ips.ts';
import { dnsSubdomain } from '../../fields/names.ts';
import { nonSpecialIp } from '../../fields/special-ips.ts';
import type { Service } from '../../types.gen.ts';
import { validateClusterIpUpdate, validateFamilyUpdate } from './validate-cluster-ip-update.ts';
import { isHeadlessByIps, validateClusterIps } from './validate-cluster-ips.ts';
import { validatePortPairs, validatePorts } from './validate-ports.ts';
import {
  validateHealthCheckUpdate,
  validateLoadBalancerClass,
  validateNodePortAllocation,
  validateSourceRanges,
  validateTraffic,
} from './validate-traffic.ts';

const SPEC = path('spec');
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const KUBELET_PORT = 10250;
const MAX_AFFINITY_SECONDS = 86_400;
const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

function validateTopology({ metadata }: Service): FieldError[] {
  const hints = metadata.annotations?.[TOPOLOGY_HINTS];
  const mode = metadata.annotations?.[TOPOLOGY_MODE];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const at = path('metadata', 'annotations').key(TOPOLOGY_MODE);
  return [fieldError.invalid(at, mode, `must match annotations[${TOPOLOGY_HINTS}] when both are specified`)];
}

function validateExternalName({ spec }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length) errors.push(fieldError.forbidden(SPEC.child('clusterIPs'), refuse));
  if (spec.ipFamilies?.length) errors.push(fieldError.forbidden(SPEC.child('ipFamilies'), refuse));
  if (spec.ipFamilyPolicy !== undefined) errors.push(fieldError.forbidden(SPEC.child('ipFamilyPolicy'), refuse));
  const at = SPEC.child('externalName');
  // A trailing dot marks it as fully qualified.
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  return [...errors, ...(name ? dnsSubdomain(name, at) : [fieldError.required(at)])];
}

function validateByType(service: Service): FieldError[] {
  const { type, ports = [], clusterIPs } = service.spec;
  if (type === 'ExternalName') return validateExternalName(service);
  const errors: FieldError[] = [];
  if (type === 'LoadBalancer')
    for (const [i, { port }] of ports.entries())
      if (port === KUBELET_PORT)
        errors.push(
          fieldError.invalid(
            SPEC.child('ports').index(i),
            port,
            `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`,
          ),
        );
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadlessByIps(service))
    errors.push(
      fieldError.invalid(SPEC.child('clusterIPs').index(0), clusterIPs![0], `may not be set to 'None' for ${type} services`),
    );
  return errors;
}

function validateAffinity({ spec }: Service): FieldError[] {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  const errors = requiredOneOf(sessionAffinity, ['ClientIP', 'None'], SPEC.child('sessionAffinity'));
  const at = SPEC.child('sessionAffinityConfig');
  if (sessionAffinity === 'None' && config)
    errors.push(fieldError.forbidden(at, 'must not be set when session affinity is None'));
  if (sessionAffinity !== 'ClientIP') return errors;
  const required = (where: typeof at) => fieldError.required(where, 'when session affinity type is ClientIP');
  if (!config) return [...errors, required(at)];
  if (!config.clientIP) return [...errors, required(at.child('clientIP'))];
  const seconds = config.clientIP.timeoutSeconds;
  const where = at.child('clientIP', 'timeoutSeconds');
  if (seconds === undefined) errors.push(required(where));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)
    errors.push(fieldError.invalid(where, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`));
  return errors;
}

function validateExternalIp(ip: string, index: number): FieldError[] {
  const at = SPEC.child('externalIPs').index(index);
  const errors = legacyIp(ip, at);
  return errors.length > 0 ? errors : nonSpecialIp(ip, at);
}

/** ValidateService */
export function validateService(service: Service): FieldError[] {
  const { spec } = service;
  return [
    ...validateTopology(service),
    ...(spec.ports?.length || isHeadlessByIps(service) || spec.type === 'ExternalName'
      ? []
      : [fieldError.required(SPEC.child('ports'))]),
    ...validateByType(service),
    ...validatePorts(service),
    ...validateLabels(spec.selector, SPEC.child('selector')),
    ...validateAffinity(service),
    ...validateClusterIps(service),
    ...(spec.externalIPs ?? []).flatMap(validateExternalIp),
    ...requiredOneOf(spec.type, TYPES, SPEC.child('type')),
    ...validatePortPairs(service),
    ...validateSourceRanges(service),
    ...validateNodePortAllocation(service),
    ...validateLoadBalancerClass(service, undefined),
    ...validateTraffic(service),
  ];
}

/** ValidateServiceUpdate */
export const validateServiceUpdate = (service: Service, old: Service): FieldError[] => [
  ...validateClusterIpUpdate(service, old),
  ...validateFamilyUpdate(service, old),
  ...validateLoadBalancerClass(service, old),
  ...validateHealthCheckUpdate(service, old),
  ...validateService(service),
];

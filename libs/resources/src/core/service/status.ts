import { type FieldError, fieldError, path } from '@windlass/meta';
import { validateIngressPoint } from '../../fields/load-balancer-status.ts';
import type { LoadBalancerIngress, Service } from '../../types.gen.ts';

const STATUS = path('status', 'loadBalancer');
const IP_MODES = ['Proxy', 'VIP'];

function validateIngress(ingress: LoadBalancerIngress, index: number): FieldError[] {
  const at = STATUS.child('ingress').index(index);
  const { ip, ipMode, hostname } = ingress;
  const errors = validateIngressPoint({ ip }, at);
  if (ip && ipMode === undefined) errors.push(fieldError.required(at.child('ipMode'), 'must be specified when `ip` is set'));
  if (!ip && ipMode !== undefined)
    errors.push(fieldError.forbidden(at.child('ipMode'), 'may not be specified when `ip` is not set'));
  if (ip && ipMode !== undefined && !IP_MODES.includes(ipMode))
    errors.push(fieldError.notSupported(at.child('ipMode'), ipMode, IP_MODES));
  return [...errors, ...validateIngressPoint({ hostname }, at)];
}

/** ValidateServiceStatusUpdate */
export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec.type !== 'LoadBalancer')
    return [fieldError.forbidden(STATUS.child('ingress'), "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(validateIngress);
}

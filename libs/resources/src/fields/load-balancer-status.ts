import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { LoadBalancerIngress } from '../types.gen.ts';
import { legacyIp, parseLegacyIp } from './legacy-ips.ts';
import { dnsSubdomain } from './names.ts';

/** `ip` and `hostname` of one ingress point of a load balancer, of a service or an Ingress. */
export function validateIngressPoint({ ip, hostname }: LoadBalancerIngress, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (ip) errors.push(...legacyIp(ip, at.child('ip')));
  if (!hostname) return errors;
  errors.push(...dnsSubdomain(hostname, at.child('hostname')));
  if (parseLegacyIp(hostname))
    errors.push(fieldError.invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
  return errors;
}

/** What `kubectl get` shows of a load balancer: its addresses, sorted. */
export const ingressPointsText = (points: readonly { ip?: string; hostname?: string }[] | undefined): string =>
  [...new Set((points ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))].sort().join(',');

import { type FieldError, fieldError, parseCidr, path } from '@windlass/meta';
import { canonicalCidr } from '../fields/canonical-ips.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { clearStatus, statusView } from '../generic/status.ts';
import type { ServiceCIDR } from '../types.gen.ts';

const CIDRS = path('spec', 'cidrs');
const FIXED = 'field is immutable';

function validateCidrs(cidrs: readonly string[]): FieldError[] {
  if (cidrs.length === 0) return [fieldError.required(CIDRS, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldError.invalid(CIDRS, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, i) => canonicalCidr(cidr, CIDRS.index(i)));
  const families = cidrs.map((cidr) => parseCidr(cidr)?.family);
  if (cidrs.length === 2 && families[0] !== undefined && families[0] === families[1])
    errors.push(
      fieldError.invalid(
        CIDRS,
        cidrs,
        'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ),
    );
  return errors;
}

/** A second network may come, nothing else changes. */
function validateCidrsUpdate(now: readonly string[], was: readonly string[]): FieldError[] {
  const changed = (i: number) => fieldError.invalid(CIDRS.index(i), now[i], FIXED);
  if (was.length === now.length) return was.flatMap((cidr, i) => (cidr === now[i] ? [] : [changed(i)]));
  if (was.length === 1 && now.length === 2) return [...(now[0] === was[0] ? [] : [changed(0)]), ...validateCidrs(now)];
  return [fieldError.invalid(CIDRS, now.length > 0 ? now : null, FIXED)];
}

export const serviceCidrs = builtin<ServiceCIDR>('networking.k8s.io/v1', 'servicecidrs', {
  columns: [
    nameColumn,
    column('CIDRs', 'string', fieldDoc('networking.v1.ServiceCIDRSpec', 'cidrs'), ({ spec }) => (spec?.cidrs ?? []).join(',')),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: clearStatus<ServiceCIDR>(() => ({})),
    validate: ({ spec }) => validateCidrs(spec?.cidrs ?? []),
    validateUpdate: ({ spec }, old) => validateCidrsUpdate(spec?.cidrs ?? [], old.spec?.cidrs ?? []),
  },
  subresources: { status: statusView<ServiceCIDR>(() => []) },
});

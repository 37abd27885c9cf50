import { type FieldError, fieldError, path } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { Lease } from '../types.gen.ts';

const SPEC = path('spec');

function validateLease({ spec }: Lease): FieldError[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions, strategy, preferredHolder } = spec ?? {};
  return [
    ...(seconds !== undefined && seconds <= 0
      ? [fieldError.invalid(SPEC.child('leaseDurationSeconds'), seconds, 'must be greater than 0')]
      : []),
    ...(transitions !== undefined && transitions < 0
      ? [fieldError.invalid(SPEC.child('leaseTransitions'), transitions, 'must be greater than or equal to 0')]
      : []),
    ...(preferredHolder && !strategy
      ? [fieldError.forbidden(SPEC.child('preferredHolder'), 'may only be specified if `strategy` is defined')]
      : []),
  ];
}

/** Fields of CoordinatedLeaderElection, a gate that is off by default. */
function dropGated({ spec }: Lease, old?: Lease): void {
  if (!spec || old?.spec?.strategy !== undefined) return;
  delete spec.strategy;
  delete spec.preferredHolder;
}

export const leases = builtin<Lease>('coordination.k8s.io/v1', 'leases', {
  columns: [
    nameColumn,
    column('Holder', 'string', fieldDoc('coordination.v1.LeaseSpec', 'holderIdentity'), ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: (lease) => dropGated(lease),
    prepareForUpdate: dropGated,
    validate: validateLease,
  },
});

import { path } from '@windlass/meta';
import { goForm } from '../fields/go-form.ts';
import { immutable } from '../fields/immutable.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { ResourceV1ResourceClaim } from '../types.gen.ts';
import { CLAIM_SPEC_SHAPE } from './claim-shape.ts';
import { dropDeallocated, validateClaimStatus } from './claim-status.ts';
import { defaultDeviceClaim, validateDeviceClaim } from './device-claim.ts';
import { requestNamesOf } from './names.ts';

/** In words: pending, allocated, reserved, deleted. */
function state({ metadata, status }: ResourceV1ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  if (!status?.allocation) return isDeleted ? 'deleted' : 'pending';
  return [isDeleted && 'deleted', 'allocated', status.reservedFor?.length && 'reserved'].filter(Boolean).join(',');
}

export const resourceClaims = builtin<ResourceV1ResourceClaim>('resource.k8s.io/v1', 'resourceclaims', {
  columns: [
    nameColumn,
    column<ResourceV1ResourceClaim>(
      'State',
      'string',
      'A summary of the current state (allocated, pending, reserved, etc.).',
      state,
    ),
    ageColumn,
  ],
  strategy: {
    default: ({ spec }) => defaultDeviceClaim(spec.devices ?? {}),
    prepareForCreate(claim) {
      claim.status = {};
    },
    validate: ({ spec }) => validateDeviceClaim(spec.devices ?? {}, path('spec', 'devices')),
    validateUpdate: ({ spec }, old) => immutable(spec, old.spec, path('spec'), goForm(spec, CLAIM_SPEC_SHAPE)),
  },
  subresources: {
    status: {
      keepsMetadata: true,
      prepareForUpdate(claim, old) {
        claim.status ??= {};
        dropDeallocated(claim.status, old.status ?? {});
      },
      validateUpdate: ({ metadata, spec, status }, old) =>
        validateClaimStatus(
          status ?? {},
          old.status ?? {},
          requestNamesOf(spec.devices ?? {}),
          metadata.deletionTimestamp !== undefined,
        ),
    },
  },
});

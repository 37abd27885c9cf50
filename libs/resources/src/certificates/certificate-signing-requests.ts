import { type Column, humanDuration } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { metadataFields } from '../generic/selectable.ts';
import type { CertificateSigningRequest } from '../types.gen.ts';
import { conditionsOf, stampConditions } from './csr-conditions.ts';
import { csrErrors, csrUpdateErrors } from './csr-validation.ts';

const SPEC = 'certificates.v1.CertificateSigningRequestSpec';

/** `Approved,Issued`, `Pending`…: what kubectl shows as CONDITION. */
export function csrCondition(request: CertificateSigningRequest): string {
  const types = new Set(conditionsOf(request).map(({ type }) => type));
  const decision = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${types.has('Failed') ? ',Failed' : ''}${request.status?.certificate ? ',Issued' : ''}`;
}

const columns: readonly Column<CertificateSigningRequest>[] = [
  nameColumn,
  ageColumn,
  column(
    'SignerName',
    'string',
    fieldDoc('certificates.v1beta1.CertificateSigningRequestSpec', 'signerName'),
    ({ spec }) => spec.signerName,
  ),
  column('Requestor', 'string', 'Base64-encoded PKCS#10 CSR data', ({ spec }) => spec.username ?? ''),
  column('RequestedDuration', 'string', fieldDoc(SPEC, 'expirationSeconds', true), ({ spec }) =>
    spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
  ),
  column('Condition', 'string', 'Conditions applied to the request, such as approval or denial.', csrCondition),
];

export const certificateSigningRequests = builtin<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'certificatesigningrequests',
  {
    columns,
    nameRule: () => [],
    selectableFields: { ...metadataFields, 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
    resetFields: ['spec'],
    strategy: {
      default: (request) => {
        for (const condition of conditionsOf(request)) condition.status ||= 'True';
      },
      prepareForCreate: (request, { user }) => {
        const { username, uid, groups, extra } = user;
        request.spec = { ...request.spec, username, groups: [...groups] };
        if (uid) request.spec.uid = uid;
        else delete request.spec.uid;
        if (extra) request.spec.extra = extra;
        else delete request.spec.extra;
        request.status = {};
      },
      prepareForUpdate: (request, old) => {
        request.spec = old.spec;
        request.status = old.status;
      },
      validate: csrErrors,
      validateUpdate: (request, old) => csrUpdateErrors(request, old, ''),
    },
    subresources: {
      approval: {
        prepareForUpdate: (request, old, { now }) => stampConditions(request, old, now),
        validateUpdate: (request, old) => csrUpdateErrors(request, old, 'approval'),
      },
      status: {
        prepareForUpdate: (request, old, { now }) => stampConditions(request, old, now),
        validateUpdate: (request, old) => csrUpdateErrors(request, old, 'status'),
      },
    },
  },
);

import type { SigningRequest } from '@windlass/pki';

const NODE = 'system:node:';

const isExactly = (wanted: readonly string[], found: readonly string[]): boolean =>
  new Set(found).size === wanted.length && wanted.every((each) => found.includes(each));

/** key encipherment is for RSA keys alone. */
function usageError(usages: readonly string[], purpose: string): string | undefined {
  const all = ['digital signature', 'key encipherment', purpose].sort();
  const fits = isExactly(all, usages) || isExactly(['digital signature', purpose], usages);
  return fits ? undefined : `usages did not match [${all.join(' ')}]`;
}

const organizationError = ({ organizations }: SigningRequest): string | undefined =>
  organizations.length === 1 && organizations[0] === 'system:nodes' ? undefined : 'subject organization is not system:nodes';

const commonNameError = ({ commonName }: SigningRequest): string | undefined =>
  commonName.startsWith(NODE) ? undefined : `subject common name does not begin with ${NODE}`;

const nameError = (names: readonly string[], kind: string): string | undefined =>
  names.length > 0 ? `${kind} subjectAltNames are not allowed` : undefined;

/** Why a request is none for a kubelet's client certificate. (pkg/apis/certificates ValidateKubeletClientCSR) */
export const kubeletClientError = (request: SigningRequest, usages: readonly string[]): string | undefined =>
  organizationError(request) ??
  nameError(request.dnsNames, 'DNS') ??
  nameError(request.emailAddresses, 'Email') ??
  nameError(request.ipAddresses, 'IP') ??
  nameError(request.uris, 'URI') ??
  commonNameError(request) ??
  usageError(usages, 'client auth');

/** Why a request is none for a kubelet's serving certificate. (ValidateKubeletServingCSR) */
export const kubeletServingError = (request: SigningRequest, usages: readonly string[]): string | undefined =>
  organizationError(request) ??
  (request.dnsNames.length + request.ipAddresses.length === 0 ? 'DNS or IP subjectAltName is required' : undefined) ??
  nameError(request.emailAddresses, 'Email') ??
  nameError(request.uris, 'URI') ??
  usageError(usages, 'server auth') ??
  commonNameError(request);

import type { AdmissionAttributes, AdmissionPlugin, Authorizer } from '@windlass/apiserver';
import { equalJson } from '@windlass/meta';
import type { CertificateSigningRequest } from '@windlass/resources';
import { refused } from '../refused.ts';
import { requestOf } from './parse.ts';
import { mayActFor } from './signer-access.ts';

const isRequest = ({ resource, subresource }: AdmissionAttributes, wanted: string): boolean =>
  resource.group === 'certificates.k8s.io' && resource.resource === 'certificatesigningrequests' && subresource === wanted;

/** Whoever approves or denies a request may `approve` for its signer. */
const approval = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateApproval',
  handles: (operation) => operation === 'UPDATE',
  async validate(attributes) {
    if (!isRequest(attributes, 'approval')) return;
    const { signerName } = (attributes.object as unknown as CertificateSigningRequest).spec;
    if (!(await mayActFor(authorizer, attributes.user, 'approve', signerName)))
      throw refused(attributes, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`);
  },
});

/** Whoever gives a request its certificate or a condition may `sign` for its signer. */
const signing = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateSigning',
  handles: (operation) => operation === 'UPDATE',
  async validate(attributes) {
    if (!isRequest(attributes, 'status')) return;
    const [request, old] = [attributes.object, attributes.oldObject] as unknown as CertificateSigningRequest[];
    const said = ({ status }: CertificateSigningRequest) => [status?.certificate ?? '', status?.conditions ?? []];
    if (equalJson(said(request!), said(old!))) return;
    const { signerName } = old!.spec;
    if (!(await mayActFor(authorizer, attributes.user, 'sign', signerName)))
      throw refused(attributes, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`);
  },
});

/** Nobody becomes a member of system:masters by way of the signer for clients. */
const subjectRestriction = (): AdmissionPlugin => ({
  name: 'CertificateSubjectRestriction',
  handles: (operation) => operation === 'CREATE',
  validate(attributes) {
    if (!isRequest(attributes, '')) return;
    const request = attributes.object as unknown as CertificateSigningRequest;
    const { signerName } = request.spec;
    if (signerName !== 'kubernetes.io/kube-apiserver-client') return;
    let organizations: string[];
    try {
      ({ organizations } = requestOf(request));
    } catch (error) {
      throw refused(attributes, `failed to parse CSR: ${(error as Error).message}`);
    }
    if (organizations.includes('system:masters'))
      throw refused(attributes, `use of ${signerName} signer with system:masters group is not allowed`);
  },
});

export const certificatePlugins = (authorizer: Authorizer): AdmissionPlugin[] => [
  approval(authorizer),
  signing(authorizer),
  subjectRestriction(),
];

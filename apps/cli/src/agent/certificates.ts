import { randomBytes } from 'node:crypto';
import type { Client } from '@windlass/client';
import { createSigningRequest, type KeyPair } from '@windlass/pki';
import { sleep } from '@windlass/platform';
import type { CertificateSigningRequest } from '@windlass/resources';

const REQUESTS = {
  group: 'certificates.k8s.io',
  version: 'v1',
  resource: 'certificatesigningrequests',
  namespaced: false,
  kind: 'CertificateSigningRequest',
} as const;
const POLL_MS = 250;

export const SIGNERS = {
  client: {
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
    name: 'node-csr-',
  },
  serving: { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'], name: 'csr-' },
} as const;

/**
 * Asks the cluster for a node's certificate and waits until it is signed.
 * @param hosts addresses of a serving certificate
 * @throws Error when the request is denied or fails, or is not signed in time; the signal's reason
 */
export async function requestCertificate(
  client: Client,
  nodeName: string,
  purpose: keyof typeof SIGNERS,
  { hosts = [], timeoutMs = 120_000, signal }: { hosts?: string[]; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<KeyPair> {
  const { signerName, usages, name: prefix } = SIGNERS[purpose];
  const subject = { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], hosts };
  const { key, request } = await createSigningRequest(subject);
  const name = `${prefix}${randomBytes(8).toString('hex')}`;
  const requests = client.resource<CertificateSigningRequest>(REQUESTS);
  await requests.create({
    metadata: { name },
    spec: { request: Buffer.from(request).toString('base64'), signerName, usages: [...usages] },
  } as unknown as CertificateSigningRequest);
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(POLL_MS, signal)) {
    signal?.throwIfAborted();
    const { status } = await requests.get({ name });
    if (status?.certificate) return { key, cert: Buffer.from(status.certificate, 'base64').toString() };
    const refused = status?.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed');
    if (refused)
      throw new Error(
        `certificate signing request ${name} is ${refused.type.toLowerCase()}: ${refused.message ?? refused.reason}`,
      );
  }
  throw new Error(`certificate signing request ${name} was not signed: approve it with kubectl certificate approve ${name}`);
}

/**
 * When a certificate is to be replaced: after 70 to 90 % of its life, as the kubelet does, so that machines do not all ask at once.
 * @param random 0 to 1
 */
export const renewalAt = (validFrom: Date, validTo: Date, random: number): Date =>
  new Date(Math.round(validFrom.getTime() + (validTo.getTime() - validFrom.getTime()) * (0.7 + 0.2 * random)));

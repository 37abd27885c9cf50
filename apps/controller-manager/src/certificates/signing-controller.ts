import { isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { type KeyPair, parseSigningRequest, signRequest } from '@windlass/pki';
import type { CertificateSigningRequest } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { conditionOf, pemText, withCondition } from './conditions.ts';
import { lifetime, signers } from './signers.ts';

export interface SigningOptions {
  /** Read for each certificate, so that a new one needs no restart. */
  authority: () => KeyPair;
  /** The longest that a certificate lasts, and how long those last that say nothing. */
  seconds: number;
}

const isDue = (request: CertificateSigningRequest): boolean =>
  !request.status?.certificate &&
  Boolean(conditionOf(request, 'Approved')) &&
  !conditionOf(request, 'Failed') &&
  request.spec.signerName in signers;

/** Signs approved requests of Kubernetes' own signers; what their rules refuse becomes Failed. (kube-controller-manager csrsigning) */
export function csrSigningController(context: ControllerContext, { authority, seconds }: SigningOptions): Controller {
  const { client, informers, logger, now } = context;
  const requests = informers.informer<CertificateSigningRequest>(refs.certificateSigningRequests);
  const requestClient = client.resource<CertificateSigningRequest>(refs.certificateSigningRequests);

  async function signed(request: CertificateSigningRequest): Promise<CertificateSigningRequest> {
    const { signerName, usages = [], expirationSeconds } = request.spec;
    const parsed = parseSigningRequest(pemText(request.spec.request));
    const refusal = signers[signerName]!(parsed, usages);
    if (refusal) {
      const lastUpdateTime = timestamp(now());
      return withCondition(request, { type: 'Failed', reason: 'SignerValidationFailure', message: refusal, lastUpdateTime });
    }
    const policy = { usages, seconds: lifetime(expirationSeconds, seconds), now: now() };
    const certificate = await signRequest(authority(), parsed, policy);
    return { ...request, status: { ...request.status, certificate: Buffer.from(certificate).toString('base64') } };
  }

  return controller({
    name: 'csrsigning',
    logger,
    watches: [watch(requests)],
    reconcile: async (name) => {
      const request = requests.store.get(name);
      if (!request || !isDue(request)) return;
      try {
        await requestClient.updateStatus(await signed(request));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  });
}

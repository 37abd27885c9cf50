import { isConflict, isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { parseSigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest, SubjectAccessReview } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { conditionOf, pemText, withCondition } from './conditions.ts';
import { type Recognized, recognize } from './recognize.ts';

const LONGEST_WAIT_MS = 1_000_000;

const isDecided = (request: CertificateSigningRequest): boolean =>
  Boolean(request.status?.certificate || conditionOf(request, 'Approved') || conditionOf(request, 'Denied'));

/** Approves requests of kubelets for their client certificates, when the requester may. (kube-controller-manager csrapproving) */
export function csrApprovingController({ client, informers, logger, now }: ControllerContext): Controller {
  const requests = informers.informer<CertificateSigningRequest>(refs.certificateSigningRequests);
  const requestClient = client.resource<CertificateSigningRequest>(refs.certificateSigningRequests);
  const reviewClient = client.resource<SubjectAccessReview>(refs.subjectAccessReviews);

  async function mayCreate({ spec }: CertificateSigningRequest, { subresource }: Recognized): Promise<boolean> {
    const { username: user, groups, uid, extra } = spec;
    const resource = 'certificatesigningrequests';
    const resourceAttributes = { group: 'certificates.k8s.io', version: '*', resource, subresource, verb: 'create' };
    const review = await reviewClient.create({ metadata: {}, spec: { user, groups, uid, extra, resourceAttributes } });
    return review.status?.allowed === true;
  }

  /** Of tries that were refused, longer and longer: the permission may still be given. */
  const nextTry = ({ metadata }: CertificateSigningRequest): number =>
    Math.min(LONGEST_WAIT_MS, Math.max(1000, now().getTime() - Date.parse(metadata.creationTimestamp!)));

  return controller({
    name: 'csrapproving',
    logger,
    watches: [watch(requests)],
    reconcile: async (name) => {
      const request = requests.store.get(name);
      if (!request || isDecided(request)) return;
      const ways = recognize(request, parseSigningRequest(pemText(request.spec.request)));
      for (const way of ways) {
        if (!(await mayCreate(request, way))) continue;
        const approval = { type: 'Approved', reason: 'AutoApproved', message: way.message, lastUpdateTime: timestamp(now()) };
        try {
          await requestClient.update(withCondition(request, approval), { subresource: 'approval' });
        } catch (error) {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        }
        return;
      }
      if (ways.length > 0) return { requeueAfterMs: nextTry(request) };
    },
  });
}

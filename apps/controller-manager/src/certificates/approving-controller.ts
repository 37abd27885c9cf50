import { isConflict, isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { parseSigningRequest } from '@windlass/pki';
import type { CertificateSigningRequest, EndpointSlice, Node, Service, SubjectAccessReview } from '@windlass/resources';
import { type ControllerContext, timestamp } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { conditionOf, pemText, withCondition } from './conditions.ts';
import { type Recognized, recognize, recognizeServing } from './recognize.ts';

const LONGEST_WAIT_MS = 1_000_000;

const isDecided = (request: CertificateSigningRequest): boolean =>
  Boolean(request.status?.certificate || conditionOf(request, 'Approved') || conditionOf(request, 'Denied'));

/** Approves requests of kubelets for their client and serving certificates, when the requester may. (kube-controller-manager csrapproving) */
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

  async function servingFacts() {
    const kubernetes = { namespace: 'default', name: 'kubernetes' };
    const [nodes, slices, service] = await Promise.all([
      client.resource<Node>(refs.nodes).list(),
      client
        .resource<EndpointSlice>(refs.endpointSlices)
        .list({ namespace: 'default', labelSelector: 'kubernetes.io/service-name=kubernetes' }),
      client.resource<Service>(refs.services).get(kubernetes),
    ]);
    const endpoints = slices.items.flatMap((slice) => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses));
    return { nodes: nodes.items, apiServerAddresses: [...endpoints, ...(service.spec?.clusterIPs ?? [])] };
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
      const parsed = parseSigningRequest(pemText(request.spec.request));
      const isServing = request.spec.signerName === 'kubernetes.io/kubelet-serving';
      const ways = isServing ? recognizeServing(request, parsed, await servingFacts()) : recognize(request, parsed);
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

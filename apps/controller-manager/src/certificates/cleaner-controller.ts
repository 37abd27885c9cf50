import { isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import type { CertificateSigningRequest } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { staleAt } from './stale.ts';

/** Deletes requests that are of no more use. (kube-controller-manager csrcleaner) */
export function csrCleanerController({ client, informers, logger, now }: ControllerContext): Controller {
  const requests = informers.informer<CertificateSigningRequest>(refs.certificateSigningRequests);
  const requestClient = client.resource<CertificateSigningRequest>(refs.certificateSigningRequests);
  return controller({
    name: 'csrcleaner',
    workers: 1,
    logger,
    watches: [watch(requests)],
    reconcile: async (name) => {
      const request = requests.store.get(name);
      if (!request) return;
      const wait = staleAt(request) - now().getTime();
      if (wait > 0) return Number.isFinite(wait) ? { requeueAfterMs: wait } : undefined;
      try {
        await requestClient.delete({ name }, { preconditions: { uid: request.metadata.uid } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  });
}

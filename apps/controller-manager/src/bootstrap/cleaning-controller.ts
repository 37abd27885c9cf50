import { isConflict, isNotFound } from '@windlass/client';
import { type Controller, controller, watch } from '@windlass/controller';
import { bootstrapTokenEnd } from '@windlass/resources';
import type { ControllerContext } from '../shared/context.ts';
import { refs } from '../shared/refs.ts';
import { tokenSecrets } from './token-secrets.ts';

/** Deletes the secrets of bootstrap tokens that have expired. (tokencleaner) */
export function bootstrapCleaningController({ client, informers, logger, now }: ControllerContext): Controller {
  const secrets = tokenSecrets(informers);
  const secretClient = client.resource(refs.secrets);
  return controller({
    name: 'tokencleaner',
    workers: 1,
    logger,
    watches: [watch(secrets)],
    reconcile: async (key) => {
      const secret = secrets.store.get(key);
      const end = secret && bootstrapTokenEnd(secret);
      if (!secret || end === undefined) return;
      const wait = end - now().getTime();
      if (wait > 0) return { requeueAfterMs: wait };
      try {
        await secretClient.delete(secret.metadata, { preconditions: { uid: secret.metadata.uid } });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    },
  });
}

import type { Informer, InformerFactory } from '@windlass/client';
import { BOOTSTRAP_TOKEN_TYPE, type Secret } from '@windlass/resources';
import { refs } from '../shared/refs.ts';

/** The secrets that hold bootstrap tokens. */
export const tokenSecrets = (informers: InformerFactory): Informer<Secret> =>
  informers.informer<Secret>(refs.secrets, { namespace: 'kube-system', fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}` });

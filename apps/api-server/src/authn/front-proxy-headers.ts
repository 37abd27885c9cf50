import type { FrontProxyOptions } from '@windlass/apiserver';

/** How an aggregating API server and the servers behind it name a user to each other; kubeadm's values. */
export const FRONT_PROXY: Omit<FrontProxyOptions, 'ca'> = {
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraPrefixes: ['X-Remote-Extra-'],
};

import { validateDns1123Subdomain } from '@windlass/meta';

/** ValidateClusterTrustBundleName: `signer:domain:name` with the signer's slash as a colon, or a plain name without colons. */
export const validateTrustBundleName = (name: string): string[] =>
  validateDns1123Subdomain(name.slice(name.lastIndexOf(':') + 1));

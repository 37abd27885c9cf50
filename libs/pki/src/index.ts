/**
 * pki: keys, certificates and certificate requests, and the files in which a cluster keeps its own. Start reading at certificate.ts.
 */
export { covers, createAuthority, expiryOf, type IssueOptions, issue } from './certificate.ts';
export * from './cluster-pki.ts';
export { detachedSignature, isSignedBy } from './detached-signature.ts';
export * from './jwt.ts';
export type { KeyPair } from './keys.ts';
export { type SigningPolicy, signRequest } from './sign-request.ts';
export { createSigningRequest, parseSigningRequest, type SigningRequest } from './signing-request.ts';

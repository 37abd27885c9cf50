/**
 * apiserver: the generic API server: request path, registry, reads, watches, discovery, admission chain, authentication, authorization.
 * It knows no kind: definitions, schemas, plugins and handlers come from the app. Start reading at seams.ts and http/pipeline.ts.
 */

export { AnonymousAuthenticator } from './authn/anonymous.ts';
export * from './authn/bearer.ts';
export { ClientCertificateAuthenticator } from './authn/client-certificate.ts';
export { FrontProxyAuthenticator, type FrontProxyOptions } from './authn/front-proxy.ts';
export { agnosticAnswer, StaticTokens } from './authn/static-tokens.ts';
export { privilegedGroups, unionAuthorizer } from './authz/union.ts';
export * from './definitions.ts';
export { createHttpServer, type TlsOptions } from './http/nest.ts';
export { Pipeline } from './http/pipeline.ts';
export { openApiPaths } from './openapi/serve.ts';
export { ProtobufForms } from './present/protobuf-forms.ts';
export { Reader } from './read/reader.ts';
export { hookContextOf } from './registry/context.ts';
export { checkPreconditions, deleteObject, removeObject } from './registry/delete.ts';
export type { DeleteOptions } from './registry/delete-options.ts';
export { setManagedFields } from './registry/field-management.ts';
export { Registry, type RegistryParts } from './registry/registry.ts';
export { Decoders } from './request/decoders.ts';
export { requestInfo } from './request/request-info.ts';
export type * from './seams.ts';
export { type Extensions, extensionKey, type PathAnswer, type PathHandler, type ServerParts } from './server-parts.ts';
export { type ServiceResolver, WebhookCallError, WebhookClient, type WebhookTarget } from './webhook/client.ts';

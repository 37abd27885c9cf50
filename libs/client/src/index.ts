/**
 * client: lean typed verbs over keep-alive HTTPS, informers with indexed caches, the event recorder and leader election.
 * Generic over KubeObject: it knows no kind beyond Event and Lease. It never caches a write and never retries one that may have
 * happened. Cached objects are shared and must not be changed. Start reading at client.ts and informer.ts.
 */
export * from './client.ts';
export type { ServedResource } from './discovery.ts';
export * from './errors.ts';
export * from './event-recorder.ts';
export * from './informer.ts';
export * from './informer-factory.ts';
export { type ConnectionConfig, inClusterConfig, loadKubeconfig } from './kubeconfig.ts';
export * from './leader-election.ts';
export { byControllerUid, byNamespace, byOwnerUid, type Indexer, keyOf, type Lister, splitKey } from './object-store.ts';
export * from './resource-client.ts';
export type { RequestOptions, TransportOptions } from './transport.ts';
export type { WatchEvent } from './watch-stream.ts';

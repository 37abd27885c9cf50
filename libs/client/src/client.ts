import type { AnyObject, KubeObject } from '@windlass/meta';
import { discover, type ServedResource } from './discovery.ts';
import { type ConnectionConfig, loadKubeconfig } from './kubeconfig.ts';
import { ResourceClient, type ResourceRef } from './resource-client.ts';
import { type RequestOptions, Transport, type TransportOptions } from './transport.ts';

/** One API server, one identity. Cheap to keep, `close()` frees its sockets. */
export interface Client {
  readonly server: URL;
  resource<T extends KubeObject = AnyObject>(ref: ResourceRef): ResourceClient<T>;
  /** Any path, for discovery, health and aggregated APIs. */
  request<R>(options: RequestOptions): Promise<R>;
  /** Every served resource of every group's served versions; `failed` names group versions that did not answer. */
  discover(options?: { signal?: AbortSignal }): Promise<{ resources: ServedResource[]; failed: string[] }>;
  close(): void;
}

/** @param config path of a kubeconfig file, or the connection itself */
export function createClient(config: string | ConnectionConfig, options: TransportOptions = {}): Client {
  const transport = new Transport(typeof config === 'string' ? loadKubeconfig(config) : config, options);
  const request = <R>(o: RequestOptions) => transport.request<R>(o);
  return {
    server: transport.server,
    resource: (ref) => new ResourceClient(transport, ref),
    request,
    discover: (o) => discover(request, o?.signal),
    close: () => transport.close(),
  };
}

import type { ResourceDefinition, SchemaSource } from '@windlass/meta';
import type { Logger } from '@windlass/platform';
import type { ObjectStore, WatchCache } from '@windlass/store';
import type { Definitions } from './definitions.ts';
import type { ProtobufForms } from './present/protobuf-forms.ts';
import type { Reader } from './read/reader.ts';
import type { Registry } from './registry/registry.ts';
import type { Decoders } from './request/decoders.ts';
import type {
  ActionHandler,
  Auditor,
  Authenticator,
  Authorizer,
  ConnectHandler,
  FlowController,
  VirtualResource,
} from './seams.ts';

/** Handlers that an app registers, by `group/resource` or `group/resource/subresource` (the core group is ''). */
export interface Extensions {
  actions: Map<string, ActionHandler>;
  connects: Map<string, ConnectHandler>;
  virtual: Map<string, VirtualResource>;
  /** Non-resource paths: exact, or a prefix that ends with `/`. */
  paths: Map<string, PathHandler>;
}

export interface PathAnswer {
  status: number;
  contentType: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

export type PathHandler = (
  path: string,
  query: URLSearchParams,
  headers: Record<string, string | string[] | undefined>,
) => PathAnswer | Promise<PathAnswer>;

/** Everything that answers a request. */
export interface ServerParts {
  definitions: Definitions;
  /** autoscaling/v1 Scale: what scale subresources read and write. */
  scale: ResourceDefinition;
  schemas: SchemaSource;
  decoders: Decoders;
  /** Without: JSON and YAML only. */
  protobuf?: ProtobufForms;
  store: ObjectStore;
  cache: WatchCache;
  registry: Registry;
  reader: Reader;
  authenticators: readonly Authenticator[];
  authorizer: Authorizer;
  flow?: FlowController;
  audit?: Auditor;
  extensions: Extensions;
  /** Asked for a resource that is not known: another server may have taken its definition a moment ago. */
  lateDefinition?(group: string, version: string, resource: string): Promise<ResourceDefinition | undefined>;
  /** Indexes of the watch cache by field, e.g. `spec.nodeName` of pods: narrows watches. */
  indexOf(definition: ResourceDefinition): readonly string[];
  logger: Logger;
}

export const extensionKey = (group: string, resource: string, subresource = ''): string =>
  `${group}/${resource}${subresource ? `/${subresource}` : ''}`;

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type {
  AnyObject,
  GroupVersionKind,
  GroupVersionResource,
  ResourceDefinition,
  Status,
  UserInfo,
  Verb,
} from '@windlass/meta';

/** What a request asks for (k8s.io/apiserver/pkg/endpoints/request.RequestInfo). */
export interface RequestInfo {
  isResourceRequest: boolean;
  /** Kubernetes verb for resources (`proxy` excepted: the HTTP method's verb), lower-case HTTP method otherwise. */
  verb: string;
  path: string;
  /** `api`, `apis` or ''. */
  apiPrefix: string;
  /** What stands between the version and the resource in paths of old; it alone decides the verb. */
  legacyPrefix?: 'watch' | 'proxy';
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  /** From the path or, for lists and watches, from a field selector `metadata.name=x`. */
  name: string;
  /** From the path alone. */
  pathName: string;
  /** Path segments after the subresource (proxy paths). */
  rest: string[];
  /** Of lists, watches and collection deletes, as it stands. */
  fieldSelector?: string;
}

/** A certificate that the TLS handshake verified; `issuerCertificate` is the next of its chain, a root's is itself. `raw` is DER. */
export interface PeerCertificate {
  raw: Buffer;
  subject: { CN?: string | string[]; O?: string | string[] };
  issuerCertificate?: PeerCertificate;
}

/** What authentication may look at. */
export interface Credentials {
  /** Decoded, without the query. */
  path: string;
  headers: IncomingMessage['headers'];
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
  /** The TLS peer, when the handshake verified a client certificate. The same object for every request of a connection. */
  peerCertificate?: PeerCertificate;
  remoteAddress?: string;
}

/** @returns the user, or undefined when the credentials are not this authenticator's. @throws StatusError 401 for bad ones */
export interface Authenticator {
  authenticate(credentials: Credentials): Promise<UserInfo | undefined> | UserInfo | undefined;
}

export interface AccessAttributes {
  user: UserInfo;
  verb: string;
  isResourceRequest: boolean;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  path: string;
  fieldSelector?: string;
}

export interface Decision {
  decision: 'allow' | 'deny' | 'noOpinion';
  reason?: string;
}

export interface Authorizer {
  authorize(attributes: AccessAttributes): Promise<Decision> | Decision;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A write on its way through admission. Mutating plugins change `object` in place or replace it. */
export interface AdmissionAttributes {
  readonly operation: Operation;
  readonly definition: ResourceDefinition;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  object: AnyObject | undefined;
  readonly oldObject: AnyObject | undefined;
  readonly options: AnyObject;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** `required`: a plugin changed the object after others had seen it; `active`: the plugins are asked once more. */
  readonly reinvocation: { required: boolean; active: boolean };
  addWarning(text: string): void;
  addAuditAnnotation(key: string, value: string): void;
}

export interface AdmissionPlugin {
  readonly name: string;
  /** true: also asked about connections (exec, attach, proxy) and actions (binding, eviction, token). */
  readonly everything?: boolean;
  handles(operation: Operation): boolean;
  /** May mutate `attributes.object`. @throws StatusError to refuse */
  admit?(attributes: AdmissionAttributes): Promise<void> | void;
  /** @throws StatusError to refuse */
  validate?(attributes: AdmissionAttributes): Promise<void> | void;
}

/** Reads of stored objects for plugins, authorizers and handlers. Objects are shared: never changed. */
export interface ResourceReader {
  /** From the local cache, which may be a moment behind. */
  get(group: string, resource: string, namespace: string, name: string): AnyObject | undefined;
  list(group: string, resource: string, namespace?: string): AnyObject[];
  /** Objects with this value of an index that the watch cache keeps, e.g. pods by `spec.nodeName`. */
  listByIndex(group: string, resource: string, index: string, value: string): AnyObject[];
  /** After everything committed before the call is in the cache. */
  getFresh(group: string, resource: string, namespace: string, name: string): Promise<AnyObject | undefined>;
  /** Told of every change of a resource, synchronously; returns the function that ends it. */
  onChange(
    group: string,
    resource: string,
    changed: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: AnyObject) => void,
  ): () => void;
}

/** Writes of the server itself: through the registry, without authentication, authorization and admission. */
export interface ResourceWriter {
  create(group: string, resource: string, object: AnyObject): Promise<AnyObject>;
  /** Read, change, write, again on conflict. `change` returns undefined to leave the object as it is. */
  modify(
    group: string,
    resource: string,
    namespace: string,
    name: string,
    change: (object: AnyObject) => AnyObject | undefined,
    subresource?: string,
  ): Promise<AnyObject>;
  /** Server-side apply, forced, by a manager of its own, of an object that exists. @throws StatusError 404 */
  apply(group: string, resource: string, object: AnyObject, manager: string, subresource?: string): Promise<AnyObject>;
  delete(group: string, resource: string, namespace: string, name: string, options?: AnyObject): Promise<void>;
}

/** A request that has passed authentication and authorization. */
export interface RequestContext {
  info: RequestInfo;
  /** Whom the request acts as. */
  user: UserInfo;
  /** Who authenticated, when it impersonates another. */
  impersonator?: UserInfo;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  warnings: string[];
  auditAnnotations: Record<string, string>;
  /** Absent when nothing is recorded of it. */
  audit?: AuditRecord;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

/** POST of another kind that acts on an object: binding, eviction, token. Registered as `resource/subresource` with the group. */
export type ActionHandler = (
  body: AnyObject,
  context: RequestContext,
  dryRun: boolean,
  fieldManager: string,
) => Promise<{ status: number; object: AnyObject }>;

/** A kind that is not stored: access reviews, token reviews, metrics. */
export interface VirtualResource {
  create?(object: AnyObject, context: RequestContext): Promise<AnyObject>;
  get?(context: RequestContext): Promise<AnyObject>;
  list?(context: RequestContext): Promise<AnyObject[]>;
}

/** log, exec, attach, portforward, proxy: takes over the raw request. `head` is set on an upgrade. */
export type ConnectHandler = (
  request: IncomingMessage,
  target: { response?: ServerResponse; socket?: Duplex; head?: Buffer },
  context: RequestContext,
) => Promise<void>;

/**
 * A kind that needs storage during a write (cluster IPs, node ports). Runs on writes of the object itself after mutating admission and
 * before `prepareFor…` and validation, as BeginCreate and BeginUpdate of Kubernetes' registry, so that it may fill in fields.
 */
export interface Allocator {
  handles(definition: ResourceDefinition): boolean;
  /**
   * `commit` follows a stored write, `undo` one that was refused or changed nothing; neither throws. A dry run holds nothing.
   * @throws StatusError
   */
  allocate(
    object: AnyObject,
    old: AnyObject | undefined,
    dryRun: boolean,
  ): Promise<{ commit?(): Promise<void>; undo?(): Promise<void> } | undefined>;
  /** The object is gone. Does not throw. */
  released?(old: AnyObject): Promise<void>;
}

/** What is known of a request when it has been authenticated. */
export interface AuditStart {
  id: string;
  info: RequestInfo;
  /** Who authenticated; without a name when nobody did. */
  user: UserInfo;
  uri: string;
  headers: IncomingMessage['headers'];
  remoteAddress?: string;
  receivedAt: Date;
}

export interface AuditOutcome {
  status: number;
  failure?: Status;
  /** The text of an error that nobody expected. */
  panic?: string;
}

/** The audit events of one request. */
export interface AuditRecord {
  /** The body, JSON or YAML. */
  requestBody(text: string): void;
  /** The answer, made only when it is wanted. */
  response(object: () => object): void;
  /** The head of an answer that lasts has been sent. */
  started(context: RequestContext, status: number): void;
  ended(context: RequestContext, outcome: AuditOutcome): void;
  /** Nobody authenticated. */
  refused(message: string): void;
}

export interface Auditor {
  /** @returns undefined when nothing is to be recorded */
  begin(start: AuditStart): AuditRecord | undefined;
}

/** A request's place in its priority level. */
export interface FlowTurn {
  /** Of the flow schema and the priority level; '' while they are not stored. */
  schemaUid: string;
  levelUid: string;
  /** Absent when the request may run at once. Rejects when it is refused: the server has too much to do. */
  admitted?: Promise<void>;
  /** Gives the place to the next. May be called more than once. */
  release(): void;
}

/** Priority and fairness. */
export interface FlowController {
  /** @returns undefined for what takes no place: connections that last */
  enter(context: RequestContext): FlowTurn | undefined;
}

export type ResourceVerb = Verb;

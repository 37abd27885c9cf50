import type { FieldError } from './field-error.ts';
import type { AnyObject, GroupVersionKind, UserInfo } from './object.ts';
import type { Schema } from './schema.ts';

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'update' | 'patch' | 'delete' | 'deletecollection';

export const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What a hook may know of the request. Hooks are pure: time and identity are arguments, storage is not reachable. */
export interface HookContext {
  readonly now: Date;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Subresource being written, or ''. */
  readonly subresource: string;
  readonly namespace: string;
  /** Tells the client of something that is also told when the write is refused; other warnings come from `warnings`. */
  warn(text: string): void;
}

/** How `metadata.name` is checked. Texts are those of k8s.io/apimachinery/pkg/api/validation. */
export type NameRule =
  | 'dns1123Subdomain'
  | 'dns1123Label'
  | 'dns1035Label'
  | 'pathSegment'
  | ((name: string, prefix: boolean) => string[]);

export interface Column<T = AnyObject> {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description?: string;
  /** 0 is shown always, 1 with `-o wide`. */
  priority?: number;
  cell: (object: T, now: Date) => string | number | boolean | null;
}

/**
 * The steps of a write that differ between kinds. All are synchronous, mutate only `object` (never `old`), and do no I/O.
 * The order is fixed by the registry: decode → strict check → schema defaults → `default` → mutating admission →
 * `prepareForCreate|Update` → name/metadata checks → `validate[Update]` → validating admission → store.
 */
export interface WriteStrategy<T = AnyObject> {
  default?(object: T, context: HookContext): void;
  /** Clears what the client may not set (status), fills what the server owns. Generation is bumped by the registry when spec changed. */
  prepareForCreate?(object: T, context: HookContext): void;
  prepareForUpdate?(object: T, old: T, context: HookContext): void;
  validate?(object: T, context: HookContext): FieldError[];
  /** Called instead of `validate` on update; normally runs `validate` too. */
  validateUpdate?(object: T, old: T, context: HookContext): FieldError[];
  warnings?(object: T, old: T | undefined, context: HookContext): string[];
}

/** A subresource that reads and writes the same stored object with another strategy: status, finalize, approval, resize, ephemeralcontainers. */
export interface ViewSubresource<T = AnyObject> extends WriteStrategy<T> {
  type: 'view';
  verbs: readonly Verb[];
  /** Top-level or dotted fields (besides metadata) that a write through this view may change; everything else is kept from the stored object. */
  writes: readonly string[];
  /**
   * true: a write through this view leaves labels, annotations, finalizers and owners as they are (ResetObjectMetaForStatus);
   * a list: only these. Default false.
   */
  keepsMetadata?: boolean | readonly ('labels' | 'annotations' | 'ownerReferences' | 'finalizers')[];
}

/** The autoscaling/v1 Scale view. Dotted paths into the object. */
export interface ScaleSubresource {
  type: 'scale';
  verbs: readonly Verb[];
  specReplicasPath: string;
  statusReplicasPath: string;
  /** Path of a string selector (custom resources) or of a LabelSelector / map, which is rendered to a string. */
  selectorPath?: string;
}

/** POST of another kind that acts on the object (binding, eviction, token). Handlers are registered by the app under `resource/subresource`. */
export interface ActionSubresource {
  type: 'action';
  verbs: readonly Verb[];
  body: GroupVersionKind;
}

/** A connection (log, exec, attach, portforward, proxy). Handlers are registered by the app under `resource/subresource`. */
export interface ConnectSubresource {
  type: 'connect';
  verbs: readonly Verb[];
  /** Kind that discovery shows, e.g. PodExecOptions; log shows Pod. */
  body: GroupVersionKind;
}

export type Subresource<T = AnyObject> = ViewSubresource<T> | ScaleSubresource | ActionSubresource | ConnectSubresource;

/** What a custom resource has beyond a built-in kind. */
export interface CustomResource {
  /** Structural schema of this version; its root's apiVersion, kind and metadata are implicit. */
  schema: Schema;
  /** The same as it was declared, for OpenAPI. */
  published: Schema;
  /** Selectable fields of its own, such as `spec.color`. */
  selectablePaths: readonly string[];
  /** The definition is being deleted: nothing new is taken. */
  terminating: boolean;
}

/** How the objects of a definition are stored when that is not as they are shown. */
export interface StoredAs<T = AnyObject> {
  group: string;
  version: string;
  resource: string;
  decode(stored: AnyObject): T;
  encode(object: T): AnyObject;
  /** Asks somebody else to convert objects that have another version first. @throws StatusError 500 */
  convert?(objects: readonly AnyObject[], version: string): Promise<AnyObject[]>;
}

/** Everything that the generic API server needs to know of a kind: plain data and optional pure hooks. */
export interface ResourceDefinition<T = AnyObject> {
  group: string;
  version: string;
  kind: string;
  /** Default `${kind}List`. */
  listKind?: string;
  scope: 'Namespaced' | 'Cluster';
  names: { plural: string; singular: string; short?: readonly string[]; categories?: readonly string[] };
  /** Name of the schema in the SchemaSource that the server was given, e.g. `io.k8s.api.core.v1.Pod`. */
  schema: string;
  /** Default ALL_VERBS. */
  verbs?: readonly Verb[];
  /**
   * Set on a version that is not the stored one (HPA v1, events.k8s.io Event, further CRD versions): names the stored definition
   * and converts. Conversions are lossless between `decode` and `encode`.
   */
  storedAs?: StoredAs<T>;
  /** Set on a kind that was declared at run time: JSON and YAML only, no strategic merge. */
  custom?: CustomResource;
  /** Version whose hash discovery shows, when that is not the version's own (or that of storedAs). */
  storageVersion?: string;
  nameRule?: NameRule;
  /** true: PUT of a missing object creates it (leases, endpoints, events…), as the kind's strategy says in Kubernetes. */
  createOnUpdate?: boolean;
  /** Dotted paths, besides a status with its own subresource, that nobody comes to own by writing the object itself. */
  resetFields?: readonly string[];
  /** Default true: an update without resourceVersion overwrites. */
  unconditionalUpdate?: boolean;
  /** true: metadata.generation starts at 1 and grows when anything but metadata and status changes. Default false. */
  hasGeneration?: boolean;
  /** What of metadata also makes it grow. */
  generationCovers?: 'labels' | 'annotations';
  strategy?: WriteStrategy<T>;
  /**
   * Grace period in seconds for a delete: given the object and the requested period, the period to store (> 0 keeps the object with
   * deletionTimestamp until a further delete with 0), or 0 for immediate removal. Default 0. (Pods.)
   */
  gracePeriod?(object: T, requestedSeconds: number | undefined): number;
  /** Propagation when DeleteOptions says nothing. Default Background. Unsupported: the garbage collector never waits for the kind. */
  defaultPropagation?: 'Background' | 'Orphan' | 'Unsupported';
  /** Told to who deletes without a word on propagation. (Jobs, whose default orphans.) */
  orphansWarning?: string;
  /** true: a delete answers with the object that is gone, not with a Status. */
  returnsDeleted?: boolean;
  /** Path under `/registry/` that messages show. Default: plural, or `group/plural` for custom resources. */
  registryPath?: string;
  /** Told to every client that asks for the kind. */
  deprecation?: string;
  /** true: `validate` checks metadata where it sees fit, instead of first of all; names are then free (events). */
  checksOwnMetadata?: boolean;
  /** true: finalizers need no prefix (custom resources and the kinds of Kubernetes' extension servers). */
  bareFinalizers?: boolean;
  /** Finalizers that a delete adds: work that the server itself does before the object goes. */
  deletionFinalizers?: readonly string[];
  /**
   * Set on a kind whose end is decided by more than metadata.finalizers: the first delete only marks it, later ones and updates remove it
   * when `held` is false. (Namespaces.)
   */
  termination?: { mark(object: T): void; held(object: T): boolean };
  columns?: readonly Column<T>[];
  /** Annotations that are no part of the metadata and table forms: in Kubernetes, conversion to the version adds them. */
  versionAnnotations?: readonly string[];
  /** Field selectors beyond metadata.name and metadata.namespace; label → value. */
  selectableFields?: Record<string, (object: T) => string>;
  subresources?: Record<string, Subresource<T>>;
}

/** Types the object literal of a kind's file; keeps its hooks checked against T. */
export const defineResource = <T>(definition: ResourceDefinition<T>): ResourceDefinition<T> => definition;

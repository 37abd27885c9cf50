import type { AnyObject, KubeList, ResourceDefinition, Status } from '@windlass/meta';

/** What a handler answers (`json`: the object as text, where there is one already); http/send.ts writes it in the form that the client asked for. */
export type Answer =
  | { status: number; kind: 'object'; definition: ResourceDefinition; object: AnyObject; json?: Buffer | string }
  | { status: number; kind: 'list'; definition: ResourceDefinition; list: import('../read/reader.ts').ListAnswer }
  | { status: number; kind: 'raw'; object: AnyObject | Status | KubeList | object }
  | { kind: 'taken' };

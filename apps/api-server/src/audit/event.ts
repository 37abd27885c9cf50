import type { RequestInfo } from '@windlass/apiserver';
import type { Status, UserInfo } from '@windlass/meta';
import type { Level, Stage } from './policy.ts';

export interface ObjectReference {
  resource?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiGroup?: string;
  apiVersion?: string;
  resourceVersion?: string;
  subresource?: string;
}

/** audit.k8s.io/v1 Event. Times have microseconds. */
export interface AuditEvent {
  kind: 'Event';
  apiVersion: 'audit.k8s.io/v1';
  level: Level;
  auditID: string;
  stage: Stage;
  requestURI: string;
  verb: string;
  user: Partial<UserInfo>;
  impersonatedUser?: UserInfo;
  sourceIPs?: string[];
  userAgent?: string;
  objectRef?: ObjectReference;
  responseStatus?: Partial<Status> & { metadata: object };
  requestObject?: unknown;
  responseObject?: unknown;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
  annotations?: Record<string, string>;
}

/** metav1.MicroTime of a date. */
export const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** What a request is about; undefined for paths that are no resource. */
export function referenceOf(info: RequestInfo): ObjectReference | undefined {
  if (!info.isResourceRequest) return undefined;
  const { resource, namespace, name, group, version, subresource } = info;
  return {
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(group ? { apiGroup: group } : {}),
    apiVersion: version,
    ...(subresource ? { subresource } : {}),
  };
}

/** The client and the proxies that it came through, the client first (k8s.io/apimachinery/pkg/util/net.SourceIPs). */
export function sourceIps(headers: Record<string, string | string[] | undefined>, remote: string | undefined): string[] {
  const text = (name: string) => [headers[name] ?? []].flat().join(',');
  const forwarded = text('x-forwarded-for')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const real = text('x-real-ip').trim();
  const peer = remote?.replace(/^::ffff:/, '');
  const found = [...forwarded, ...(real && !forwarded.includes(real) ? [real] : [])];
  if (peer && found.at(-1) !== peer) found.push(peer);
  return found;
}

/** The object without metadata.managedFields, also of the items of a list. A copy where something is left out. */
export function withoutManagedFields(object: unknown): unknown {
  if (typeof object !== 'object' || object === null) return object;
  const { metadata, items } = object as { metadata?: { managedFields?: unknown }; items?: unknown[] };
  const copy = { ...object } as Record<string, unknown>;
  if (metadata?.managedFields) {
    const { managedFields: _, ...rest } = metadata;
    copy.metadata = rest;
  }
  if (Array.isArray(items)) copy.items = items.map(withoutManagedFields);
  return copy;
}

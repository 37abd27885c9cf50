import { randomUUID } from 'node:crypto';
import { type AnyObject, failure, goQuote, type StatusError } from '@windlass/meta';
import type { Seen } from '../matching/cel-values.ts';
import { optionsOf } from '../matching/request-options.ts';

const VERSIONS = ['v1', 'v1beta1'];

/** What a webhook answered, checked. */
export interface ReviewAnswer {
  allowed: boolean;
  /** Parsed JSON patch. */
  patch?: unknown;
  result?: AnyObject;
  warnings: string[];
  auditAnnotations: Record<string, string>;
}

/** The review that a webhook of these versions understands. @returns undefined when there is none */
export function admissionReview(
  seen: Seen,
  versions: readonly string[],
): { uid: string; version: string; review: object } | undefined {
  const version = versions.find((one) => VERSIONS.includes(one));
  if (!version) return undefined;
  const { attributes, kind, resource, object, oldObject } = seen;
  const { subresource, user, operation, name, namespace, dryRun } = attributes;
  const uid = randomUUID();
  const request = {
    uid,
    kind,
    resource,
    ...(subresource ? { subResource: subresource } : {}),
    requestKind: attributes.kind,
    requestResource: attributes.resource,
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: user,
    object: object ?? null,
    oldObject: oldObject ?? null,
    dryRun,
    options: optionsOf(attributes),
  };
  return { uid, version, review: { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request } };
}

const gvkText = ({ apiVersion = '', kind = '' }: AnyObject): string => `${apiVersion}, Kind=${kind}`;

interface RawResponse {
  uid?: string;
  allowed?: boolean;
  patch?: string | null;
  patchType?: string | null;
  status?: AnyObject;
  warnings?: string[];
  auditAnnotations?: Record<string, string>;
}

function patchOf({ patch, patchType }: RawResponse): unknown {
  if (patch && (patchType === undefined || patchType === null))
    throw new Error('webhook returned response.patch but not response.patchType');
  if (!patch && patchType) throw new Error('webhook returned response.patchType but not response.patch');
  if (patchType === '') throw new Error(`webhook returned invalid response.patchType of ""`);
  if (!patch) return undefined;
  if (patchType && patchType !== 'JSONPatch') throw new Error(`unsupported patch type ${goQuote(patchType)}`);
  return JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
}

/** k8s.io/apiserver/pkg/admission/plugin/webhook/request.VerifyAdmissionResponse. @throws Error with its text */
export function readAnswer(answer: unknown, uid: string, version: string, mutating: boolean): ReviewAnswer {
  const review = (answer ?? {}) as AnyObject;
  const response = review.response as RawResponse | undefined | null;
  if (!response) throw new Error('webhook response was absent');
  if (version === 'v1') {
    if (response.uid !== uid) throw new Error(`expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`);
    const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
    if (gvkText(review) !== wanted) throw new Error(`expected webhook response of ${wanted}, got ${gvkText(review)}`);
  }
  if (!mutating && response.patch) throw new Error('validating webhook may not return response.patch');
  if (!mutating && response.patchType) throw new Error('validating webhook may not return response.patchType');
  const patch = mutating ? patchOf(response) : undefined;
  return {
    allowed: response.allowed === true,
    ...(patch === undefined ? {} : { patch }),
    ...(response.status ? { result: response.status } : {}),
    warnings: response.warnings ?? [],
    auditAnnotations: response.auditAnnotations ?? {},
  };
}

/** k8s.io/apiserver/pkg/admission/plugin/webhook/errors.ToStatusErr */
export function denied(webhook: string, result: AnyObject | undefined): StatusError {
  const by = `admission webhook ${goQuote(webhook)} denied the request`;
  const { message, reason, code, details } = (result ?? {}) as {
    message?: string;
    reason?: string;
    code?: number;
    details?: object;
  };
  const text = message ? `${by}: ${message}` : reason ? `${by}: ${reason}` : `${by} without explanation`;
  return failure(Math.max(code ?? 0, 400), reason as never, text, details as never);
}

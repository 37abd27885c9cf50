import type { AdmissionAttributes } from '@windlass/apiserver';
import { StatusError } from '@windlass/meta';
import { refused } from '../admission/refused.ts';

/** One reason to refuse a request. */
export interface Refusal {
  policy: string;
  /** Not set when the policy itself is at fault. */
  binding?: string;
  message: string;
  reason?: string;
}

const CODES: Record<string, number> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

/** The answer to a request that a ValidatingAdmissionPolicy refused. */
export function refusedByPolicy(attributes: AdmissionAttributes, refusal: Refusal): StatusError {
  const { policy, binding, reason = 'Invalid' } = refusal;
  const by = binding === undefined ? `'${policy}'` : `'${policy}' with binding '${binding}'`;
  const message = `ValidatingAdmissionPolicy ${by} denied request: ${refusal.message}`;
  const { status } = refused(attributes, message);
  return new StatusError({
    ...status,
    reason: reason as never,
    code: CODES[reason] ?? 422,
    details: { ...status.details, causes: [{ message }] } as never,
  });
}

/** The same for a MutatingAdmissionPolicy, of all its refusals. @param refusals at least one */
export function refusedByMutations(attributes: AdmissionAttributes, refusals: readonly Refusal[]): StatusError {
  const texts = refusals.map(({ policy, binding, message }) =>
    binding === undefined
      ? `policy ${JSON.stringify(policy)} denied request: ${message}`
      : `policy '${policy}' with binding '${binding}' denied request: ${message}`,
  );
  const { status } = refused(attributes, '');
  return new StatusError({
    ...status,
    message: texts[0]!,
    reason: (refusals[0]!.reason ?? status.reason) as never,
    details: { ...status.details, causes: texts.map((message) => ({ message })) } as never,
  });
}

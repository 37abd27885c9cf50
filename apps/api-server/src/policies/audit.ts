import type { AdmissionAttributes } from '@windlass/apiserver';
import type { Binding } from './active.ts';
import type { Denial } from './judge.ts';

const MAX_VALUE_BYTES = 10 * 1024;

/** validationActions Audit: what did not hold, in the audit event. */
export function auditDenial(attributes: AdmissionAttributes, { name, spec }: Binding, { index, message }: Denial): void {
  const failure = {
    message,
    policy: spec.policyName,
    binding: name,
    expressionIndex: index,
    validationActions: spec.validationActions,
  };
  attributes.addAuditAnnotation('validation.policy.admission.k8s.io/validation_failure', JSON.stringify([failure]));
}

/** auditAnnotations of one policy; bindings and parameters may give several values. */
export class AnnotationCollector {
  readonly #values = new Map<string, Set<string>>();

  add(key: string, value: string): void {
    const text = Buffer.byteLength(value) > MAX_VALUE_BYTES ? Buffer.from(value).subarray(0, MAX_VALUE_BYTES).toString() : value;
    this.#values.set(key, (this.#values.get(key) ?? new Set()).add(text));
  }

  publish(policy: string, attributes: AdmissionAttributes): void {
    for (const [key, values] of this.#values) attributes.addAuditAnnotation(`${policy}/${key}`, [...values].join(', '));
  }
}

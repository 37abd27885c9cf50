import type { AdmissionAttributes, AdmissionPlugin } from '@windlass/apiserver';
import { toCel } from '@windlass/meta';
import { admissionVariables } from '../matching/cel-values.ts';
import { seenAs } from '../matching/matched-as.ts';
import { AnnotationCollector, auditDenial } from './audit.ts';
import { type Invocation, type PolicyServices, policyInvocations } from './invocations.ts';
import { type Judgement, judge } from './judge.ts';
import { type Refusal, refusedByPolicy } from './refusal.ts';
import { validatingPolicy } from './validating-compile.ts';

/** Enforces ValidatingAdmissionPolicies as their bindings say (KEP-3488). The first refusal is told. */
export function validatingAdmissionPolicy(services: PolicyServices): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    everything: true,
    handles: () => true,
    async validate(attributes) {
      const { invocations, refusals, namespace } = await policyInvocations('validatingadmissionpolicies', attributes, services);
      const collectors = new Map<string, AnnotationCollector>();
      for (const invocation of invocations) {
        const { policy, binding, params, as } = invocation;
        const compiled = validatingPolicy(policy);
        const base = admissionVariables(await seenAs(attributes, as), services, namespace);
        for (const param of params) {
          const variables = policy.spec.paramKind ? new Map(base).set('params', toCel(param ?? null)) : base;
          const judgement = await judge(compiled, variables, policy.spec.failurePolicy);
          refusals.push(...enforce(invocation, judgement, attributes));
          const collector = collectors.get(policy.metadata.name!) ?? new AnnotationCollector();
          collectors.set(policy.metadata.name!, collector);
          for (const { key, value } of judgement.annotations) collector.add(key, value);
          for (const message of judgement.annotationErrors)
            refusals.push({ policy: policy.metadata.name!, binding: binding.name, message });
        }
      }
      for (const [policy, collector] of collectors) collector.publish(policy, attributes);
      if (refusals[0]) throw refusedByPolicy(attributes, refusals[0]);
    },
  };
}

/** Does what the binding's validationActions say. @returns what is to be denied */
function enforce({ policy, binding }: Invocation, { denials }: Judgement, attributes: AdmissionAttributes): Refusal[] {
  const name = policy.metadata.name!;
  const refusals: Refusal[] = [];
  for (const denial of denials)
    for (const action of binding.spec.validationActions ?? []) {
      const { message, reason } = denial;
      if (action === 'Deny') refusals.push({ policy: name, binding: binding.name, message, ...(reason ? { reason } : {}) });
      else if (action === 'Audit') auditDenial(attributes, binding, denial);
      else
        attributes.addWarning(
          `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.name}': ${message}`,
        );
    }
  return refusals;
}

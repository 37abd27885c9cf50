import type { AdmissionAttributes, AdmissionPlugin, Registry } from '@windlass/apiserver';
import { type AnyObject, equalJson, type ResourceDefinition, toCel } from '@windlass/meta';
import { admissionVariables } from '../matching/cel-values.ts';
import { convertTo } from '../matching/equivalents.ts';
import { seenAs } from '../matching/matched-as.ts';
import { type Reinvocation, Reinvocations } from '../matching/reinvocation.ts';
import type { Settle } from '../webhooks/mutating.ts';
import { conditionsHold, OutOfBudgetError, PolicyEvaluation } from './evaluation.ts';
import { type Invocation, type PolicyServices, policyInvocations } from './invocations.ts';
import { type CompiledMutation, type MutatingPolicy, mutatingPolicy } from './mutating-compile.ts';
import { MutationError, patched } from './patched.ts';
import { type Refusal, refusedByMutations } from './refusal.ts';

export interface MutationServices extends PolicyServices {
  registry: Registry;
  settle: Settle;
}

/** Applies MutatingAdmissionPolicies in the order of their names, each binding and parameter in turn (KEP-3962). */
export function mutatingAdmissionPolicy(services: MutationServices): AdmissionPlugin {
  const reinvocations = new Reinvocations();
  return {
    name: 'MutatingAdmissionPolicy',
    everything: true,
    handles: () => true,
    async admit(attributes) {
      const { invocations, refusals, namespace } = await policyInvocations('mutatingadmissionpolicies', attributes, services);
      if (invocations.length > 0) {
        const reinvocation = reinvocations.of(attributes);
        reinvocation.begin(attributes);
        const run = new Run(attributes, services, namespace, reinvocation, refusals);
        for (const invocation of invocations) for (const param of invocation.params) await run.invoke(invocation, param);
        reinvocation.end(attributes);
      }
      if (refusals.length > 0) throw refusedByMutations(attributes, refusals);
    },
  };
}

/** One round of policies over one request. */
class Run {
  readonly #attributes: AdmissionAttributes;
  readonly #services: MutationServices;
  readonly #namespace: AnyObject | undefined;
  readonly #reinvocation: Reinvocation;
  readonly #refusals: Refusal[];

  constructor(
    attributes: AdmissionAttributes,
    services: MutationServices,
    namespace: AnyObject | undefined,
    reinvocation: Reinvocation,
    refusals: Refusal[],
  ) {
    this.#attributes = attributes;
    this.#services = services;
    this.#namespace = namespace;
    this.#reinvocation = reinvocation;
    this.#refusals = refusals;
  }

  async invoke(invocation: Invocation, param: AnyObject | undefined): Promise<void> {
    const { policy, binding, as } = invocation;
    const compiled = mutatingPolicy(policy);
    const { matches, error } = await conditionsHold(compiled, await this.#variables(policy, as, param));
    if (error !== undefined) this.#refuse(invocation, error);
    if (!matches) return;
    const { namespace = '', name = '' } = param?.metadata ?? {};
    const id = `${policy.metadata.name}/${binding.name}/${namespace}/${name}`;
    if (!this.#reinvocation.due(id, this.#attributes)) return;
    const before = this.#attributes.object;
    for (const mutation of compiled.mutations) await this.#mutate(invocation, compiled, mutation, param);
    if (!equalJson(before, this.#attributes.object)) this.#reinvocation.changed(this.#attributes);
    if (policy.spec.reinvocationPolicy === 'IfNeeded') this.#reinvocation.asked(id);
  }

  async #variables({ spec }: AnyObject, as: ResourceDefinition, param: AnyObject | undefined) {
    const base = admissionVariables(await seenAs(this.#attributes, as), this.#services, this.#namespace);
    return spec.paramKind ? base.set('params', toCel(param ?? null)) : base;
  }

  #refuse({ policy, binding }: Invocation, message: string): void {
    if (policy.spec.failurePolicy !== 'Ignore')
      this.#refusals.push({ policy: policy.metadata.name!, binding: binding.name, message, reason: 'Invalid' });
  }

  async #mutate(
    invocation: Invocation,
    compiled: MutatingPolicy,
    mutation: CompiledMutation,
    param: AnyObject | undefined,
  ): Promise<void> {
    const { policy, as } = invocation;
    const attributes = this.#attributes;
    const { object } = await seenAs(attributes, as);
    if (!object) return;
    try {
      const evaluation = new PolicyEvaluation(compiled, await this.#variables(policy, as, param));
      const { value, error } = await evaluation.run(mutation.expression);
      if (value === undefined) return this.#refuse(invocation, error!);
      const made = patched(mutation, value, object, as, this.#services.registry);
      if (made === object) return;
      attributes.object = await convertTo(as, attributes.definition, this.#services.settle(as, made, attributes));
    } catch (error) {
      if (!(error instanceof MutationError || error instanceof OutOfBudgetError)) throw error;
      this.#refuse(invocation, error.message);
    }
  }
}

import type { AdmissionAttributes, Authorizer } from '@windlass/apiserver';
import { type AnyObject, type ResourceDefinition, StatusError } from '@windlass/meta';
import { isExempt } from '../matching/rules.ts';
import { namespaceOf } from '../matching/selectors.ts';
import { type ActivePolicy, activePolicies, type Binding } from './active.ts';
import { type MatchServices, matchResources } from './match.ts';
import { ConfigurationError, collectParams, paramDefinition } from './params.ts';
import type { Refusal } from './refusal.ts';

export interface PolicyServices extends MatchServices {
  authorizer: Authorizer;
}

/** A policy that a request concerns, by one binding, with its parameters. */
export interface Invocation {
  policy: AnyObject;
  binding: Binding;
  params: (AnyObject | undefined)[];
  /** The version in which the policy sees the request. */
  as: ResourceDefinition;
}

export interface Invocations {
  invocations: Invocation[];
  /** Of policies and bindings that are wrong themselves and fail closed. */
  refusals: Refusal[];
  /** Of the request; undefined for what is cluster-scoped. */
  namespace: AnyObject | undefined;
}

const NOTHING: Invocations = { invocations: [], refusals: [], namespace: undefined };

/** Which policies of a resource are to judge or change a request. @throws StatusError 404 of the request's namespace */
export async function policyInvocations(
  resource: string,
  attributes: AdmissionAttributes,
  services: PolicyServices,
): Promise<Invocations> {
  const active = activePolicies(services.reader, resource);
  if (active.length === 0 || isExempt(attributes)) return NOTHING;
  const result: Invocations = { invocations: [], refusals: [], namespace: undefined };
  for (const one of active) await collect(one, attributes, services, result);
  const isNamespace = attributes.kind.kind === 'Namespace' && attributes.kind.group === '';
  if (result.invocations.length > 0 && !isNamespace) result.namespace = await namespaceOf(attributes, services.reader);
  return result;
}

async function collect(
  { policy, bindings }: ActivePolicy,
  attributes: AdmissionAttributes,
  services: PolicyServices,
  { invocations, refusals }: Invocations,
): Promise<void> {
  const { spec } = policy;
  const name = policy.metadata.name!;
  const refuse = (error: unknown, binding?: string): void => {
    if (!(error instanceof ConfigurationError || error instanceof StatusError)) throw error;
    if (spec.failurePolicy === 'Ignore') return;
    const what = binding === undefined ? 'policy' : 'binding';
    const message = `failed to configure ${what}: ${error.message}`;
    refusals.push({ policy: name, ...(binding === undefined ? {} : { binding }), message });
  };
  let as: ResourceDefinition | undefined;
  let kind: ResourceDefinition | undefined;
  try {
    as = await matchResources(spec.matchConstraints, attributes, services);
    if (!as) return;
    kind = spec.paramKind && paramDefinition(spec.paramKind, services.definitions);
  } catch (error) {
    refuse(error);
    return;
  }
  for (const binding of bindings) {
    try {
      if (!(await matchResources(binding.spec.matchResources, attributes, services))) continue;
      const params = await collectParams(kind, binding.spec.paramRef, attributes, services.reader);
      if (params.length > 0) invocations.push({ policy, binding, params, as });
    } catch (error) {
      refuse(error, binding.name);
    }
  }
}

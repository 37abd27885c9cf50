import type { ResourceReader } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';
import type { MutatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicyBindingSpec } from '@windlass/resources';

const GROUP = 'admissionregistration.k8s.io';

export interface Binding {
  name: string;
  spec: ValidatingAdmissionPolicyBindingSpec & MutatingAdmissionPolicyBindingSpec;
}

export interface ActivePolicy {
  policy: AnyObject;
  bindings: Binding[];
}

const byName = (a: AnyObject, b: AnyObject): number => (a.metadata.name! < b.metadata.name! ? -1 : 1);

/** Policies that bindings put to use, both in the order of their names. @param resource of the policies */
export function activePolicies(reader: ResourceReader, resource: string): ActivePolicy[] {
  const policies = reader.list(GROUP, resource);
  if (policies.length === 0) return [];
  const bindings = reader.list(GROUP, `${resource.replace(/ies$/, 'y')}bindings`).sort(byName);
  return policies
    .sort(byName)
    .map((policy) => ({
      policy,
      bindings: bindings
        .filter(({ spec }) => spec.policyName === policy.metadata.name)
        .map(({ metadata, spec }) => ({ name: metadata.name!, spec })),
    }))
    .filter((one) => one.bindings.length > 0);
}

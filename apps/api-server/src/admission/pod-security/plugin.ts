import type { AdmissionAttributes, AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { aggregateMessages, type FieldError, fieldErrorMessage, internalError, invalid } from '@windlass/meta';
import type { Pod } from '@windlass/resources';
import { isAbout } from '../matches.ts';
import { podOf } from '../pods.ts';
import { refused } from '../refused.ts';
import type { CheckedPod } from './checks/check.ts';
import { detailsText, evaluate } from './evaluate.ts';
import { existingPodWarnings } from './existing-pods.ts';
import { compareLevels, levelText, PREFIX, policyOf } from './levels.ts';
import { isSignificantUpdate, templateOf } from './pod-templates.ts';

/** Subresources of pods that do not write the pod's spec. */
const WITHOUT_SPEC: ReadonlySet<string> = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

const sameErrors = (a: readonly FieldError[], b: readonly FieldError[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Pod Security Standards, as the labels of namespaces ask for them: refuse, warn, note in the audit log. */
export function podSecurity(reader: ResourceReader): AdmissionPlugin {
  function checkNamespace({ operation, name, object, oldObject, addWarning }: AdmissionAttributes): void {
    const { policy, errors } = policyOf(object!.metadata.labels);
    const old = oldObject && policyOf(oldObject.metadata.labels);
    if (errors.length > 0 && !(old && sameErrors(errors, old.errors))) throw invalid('', 'Namespace', name, errors);
    if (operation !== 'UPDATE' || !old) return;
    const [now, before] = [policy.enforce, old.policy.enforce];
    const isLooser = now.version === before.version && compareLevels(now.level, before.level) <= 0;
    if (now.level === 'privileged' || isLooser) return;
    const pods = reader.list('', 'pods', name) as unknown as Pod[];
    for (const warning of existingPodWarnings(name, pods, now)) addWarning(warning);
  }

  async function check(attributes: AdmissionAttributes, pod: CheckedPod, isPod: boolean): Promise<void> {
    const { namespace } = attributes;
    const key = ['', 'namespaces', '', namespace] as const;
    const found = reader.get(...key) ?? (await reader.getFresh(...key));
    if (!found) throw internalError(`failed to lookup namespace ${namespace}`);
    const { policy, errors } = policyOf(found.metadata.labels);
    const note = (key: string, text: string) => attributes.addAuditAnnotation(PREFIX + key, text);
    const text = (mode: keyof typeof policy) => detailsText(evaluate(policy[mode], pod));
    if (errors.length > 0) note('error', `Failed to parse policy: ${aggregateMessages(errors.map(fieldErrorMessage))}`);
    if (isPod) note('enforce-policy', levelText(policy.enforce));
    const audited = text('audit');
    if (audited) note('audit-violations', `would violate PodSecurity "${levelText(policy.audit)}": ${audited}`);
    const enforced = isPod ? text('enforce') : '';
    if (enforced) throw refused(attributes, `violates PodSecurity "${levelText(policy.enforce)}": ${enforced}`);
    const warned = text('warn');
    if (warned) attributes.addWarning(`would violate PodSecurity "${levelText(policy.warn)}": ${warned}`);
  }

  return {
    name: 'PodSecurity',
    handles: (operation) => operation === 'CREATE' || operation === 'UPDATE',
    async validate(attributes) {
      if (isAbout(attributes, '', 'namespaces')) return checkNamespace(attributes);
      const { resource, subresource, oldObject } = attributes;
      if (resource.group === '' && resource.resource === 'pods') {
        const pod = podOf(attributes);
        const isIgnored = WITHOUT_SPEC.has(subresource) || (oldObject && !isSignificantUpdate(pod, oldObject as unknown as Pod));
        if (!isIgnored) await check(attributes, pod, true);
        return;
      }
      const template = templateOf(attributes);
      if (template?.spec) await check(attributes, template, false);
    },
  };
}

import { cloneJson, type FieldError, type Path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { goPodTemplate } from '../internal/pod-spec.ts';
import type { Affinity, Job, PodTemplateSpec } from '../types.gen.ts';

/** No pod of it runs, or will before the next look of the controller (KEP-2926, KEP-5440). */
function isAtRest({ spec, status = {} }: Job): boolean {
  const suspended = status.conditions?.some(({ type, status }) => type === 'Suspended' && status === 'True');
  return spec.suspend === true && !status.active && (status.startTime === undefined || suspended === true);
}

/** `old` with the node affinity of `next`; a whole affinity may come and go when it is of nodes only. */
function affinityOf(next: Affinity | undefined, old: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _, ...others } = old ?? {};
  if (!next) return Object.keys(others).length > 0 ? others : undefined;
  return next.nodeAffinity ? { ...others, nodeAffinity: next.nodeAffinity } : others;
}

const RELEASED = ['nodeSelector', 'tolerations', 'schedulingGates'] as const;

/** The old template with all of the new one that may change while the job rests: where its pods go and what they ask for. */
function withDirectives(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  const template = cloneJson(old);
  const [spec, wanted] = [template.spec!, next.spec!];
  template.metadata = { ...template.metadata, labels: next.metadata?.labels, annotations: next.metadata?.annotations };
  spec.affinity = affinityOf(wanted.affinity, spec.affinity);
  for (const field of RELEASED) Object.assign(spec, { [field]: wanted[field] });
  for (const list of ['containers', 'initContainers'] as const)
    spec[list]?.forEach((container, i) => {
      const other = wanted[list]?.[i];
      if (other) container.resources = other.resources;
    });
  return template;
}

/** JSON as it would be sent: what is undefined is not there. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** validatePodTemplateUpdate */
export function validateTemplateUpdate(job: Job, old: Job, at: Path): FieldError[] {
  const { template } = job.spec;
  const allowed = isAtRest(old) ? withDirectives(old.spec.template, template) : old.spec.template;
  return immutable(plain(template), plain(allowed), at, goPodTemplate(template));
}

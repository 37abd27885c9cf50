import { type FieldError, fieldError, path } from '@windlass/meta';
import type { CustomResourceDefinition } from '../../types.gen.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const MISSING = `protected groups must have approval annotation "${ANNOTATION}", see https://github.com/kubernetes/enhancements/pull/1111`;
const INVALID = `protected groups must have approval annotation "${ANNOTATION}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`;

const isProtected = (group: string): boolean =>
  ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid';

function approvalOf({ metadata }: CustomResourceDefinition): Approval {
  const text = metadata.annotations?.[ANNOTATION];
  if (!text) return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.host ? 'approved' : 'invalid';
}

/** Groups of the Kubernetes community need the word of its API review (KEP-1111); what an object already had is left. */
export function validateApproval(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!isProtected(crd.spec?.group ?? '')) return [];
  const approval = approvalOf(crd);
  if (old && approvalOf(old) === approval) return [];
  const at = path('metadata', 'annotations').key(ANNOTATION);
  if (approval === 'missing') return [fieldError.required(at, MISSING)];
  return approval === 'invalid' ? [fieldError.invalid(at, crd.metadata.annotations![ANNOTATION], INVALID)] : [];
}

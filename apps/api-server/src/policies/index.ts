import type { AdmissionPlugin } from '@windlass/apiserver';
import { type MutationServices, mutatingAdmissionPolicy } from './mutating.ts';
import { validatingAdmissionPolicy } from './validating.ts';

/** Admission by policies in CEL. */
export const admissionPolicies = (services: MutationServices): AdmissionPlugin[] => [
  mutatingAdmissionPolicy(services),
  validatingAdmissionPolicy(services),
];

import type { ResourceDefinition } from '@windlass/meta';
import { mutatingAdmissionPolicies } from './admissionregistration/mutating-admission-policies.ts';
import { mutatingAdmissionPolicyBindings, validatingAdmissionPolicyBindings } from './admissionregistration/policy-bindings.ts';
import { validatingAdmissionPolicies } from './admissionregistration/validating-admission-policies.ts';
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './admissionregistration/webhook-configurations.ts';
import { customResourceDefinitions } from './apiextensions/custom-resource-definitions.ts';
import { apiServices } from './apiregistration/api-services.ts';

/** The kinds that extend the API itself. */
export const extensions = [
  apiServices,
  customResourceDefinitions,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  mutatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
] as unknown as readonly ResourceDefinition[];

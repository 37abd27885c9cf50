import {
  type FieldError,
  fieldError,
  type Path,
  validateConfigMapKey,
  validateDns1123Label,
  validateDns1123Subdomain,
} from '@windlass/meta';
import { textErrors } from '../../fields/names.ts';
import type { ConfigMapNodeConfigSource, NodeConfigSource, NodeConfigStatus } from '../../types.gen.ts';

const need = (value: string | undefined, field: string, check: (value: string) => string[], at: Path): FieldError[] =>
  value ? textErrors(check, value, at.child(field)) : [fieldError.required(at.child(field), `${field} must be set`)];

const validateReference = ({ namespace, name, kubeletConfigKey }: ConfigMapNodeConfigSource, at: Path): FieldError[] => [
  ...need(namespace, 'namespace', validateDns1123Label, at),
  ...need(name, 'name', validateDns1123Subdomain, at),
  ...need(kubeletConfigKey, 'kubeletConfigKey', validateConfigMapKey, at),
];

function validateOne(source: NodeConfigSource, inStatus: boolean, at: Path): FieldError[] {
  const { configMap } = source;
  if (!configMap) return [fieldError.invalid(at, { ConfigMap: null }, 'exactly one reference subfield must be non-nil')];
  const here = at.child('configMap');
  const errors: FieldError[] = [];
  for (const field of ['uid', 'resourceVersion'] as const)
    if (inStatus && !configMap[field]) errors.push(fieldError.required(here.child(field), `${field} must be set in status`));
    else if (!inStatus && configMap[field])
      errors.push(fieldError.forbidden(here.child(field), `${field} must not be set in spec`));
  return [...errors, ...validateReference(configMap, here)];
}

/** Nobody uses the configuration of kubelets by the API any more; what is stored of it stays well-formed. */
export const validateConfigSource = (source: NodeConfigSource, at: Path): FieldError[] => validateOne(source, false, at);

export const validateConfigStatus = (status: NodeConfigStatus, at: Path): FieldError[] =>
  (['assigned', 'active', 'lastKnownGood'] as const).flatMap((field) =>
    status[field] ? validateOne(status[field], true, at.child(field)) : [],
  );

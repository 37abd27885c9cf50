import { equalJson, type FieldError, fieldError, type Path } from '@windlass/meta';
import { bootstrapData } from '../bootstrap.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
export const MANDATORY = new Set(['exempt', 'catch-all']);

/** The flow schemas and priority levels `exempt` and `catch-all` are what they are. */
export function mandatorySpecErrors(resource: string, name: string, spec: unknown, at: Path): FieldError[] {
  if (!MANDATORY.has(name)) return [];
  const fixed = bootstrapData[`${GROUP}/${resource}`]?.find(({ metadata }) => metadata.name === name)?.spec;
  return equalJson(spec, fixed) ? [] : [fieldError.invalid(at, spec, `spec of '${name}' must equal the fixed value`)];
}

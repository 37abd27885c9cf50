import {
  type AnyObject,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  type ResourceDefinition,
  unsupportedMediaType,
} from '@windlass/meta';
import type { ServerParts } from '../server-parts.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const TYPES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** @throws StatusError 415 */
export function patchType(contentType: string | undefined): PatchType {
  const type = TYPES[(contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()];
  if (!type)
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(TYPES).join(', ')}`,
    );
  return type;
}

/** The current object with the patch applied, not yet decoded. @throws StatusError 400 or 422 */
export function patched(
  parts: ServerParts,
  definition: ResourceDefinition,
  type: Exclude<PatchType, 'apply'>,
  current: AnyObject,
  patch: string,
): unknown {
  if (type === 'json') return applyJsonPatch(current, patch);
  if (type === 'merge') return applyMergePatch(current, patch);
  return applyStrategicMergePatch(current, patch, definition.schema, parts.schemas);
}

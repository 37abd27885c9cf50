import type { HookContext, ResourceDefinition } from '@windlass/meta';
import type { AdmissionAttributes, RequestContext } from '../seams.ts';

/** Options of a write, from the query (and DeleteOptions from the body). */
export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  force: boolean;
}

/** What hooks may know of a request that is in admission. */
export const hookContextOf = (
  { user, dryRun, subresource, namespace, addWarning }: AdmissionAttributes,
  now: Date,
): HookContext => ({
  now,
  user,
  dryRun,
  subresource,
  namespace,
  warn: addWarning,
});

export const hookContext = (
  context: RequestContext,
  definition: ResourceDefinition,
  dryRun: boolean,
  now: Date,
): HookContext => ({
  now,
  user: context.user,
  dryRun,
  subresource: context.info.subresource,
  namespace: definition.scope === 'Namespaced' ? context.info.namespace : '',
  warn: (text) => void context.warnings.push(text),
});

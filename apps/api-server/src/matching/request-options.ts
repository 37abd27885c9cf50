import type { AdmissionAttributes } from '@windlass/apiserver';
import type { AnyObject } from '@windlass/meta';

const KINDS: Record<string, string> = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

/** `request.options` of an AdmissionReview: the operation's options as meta.k8s.io/v1. */
export function optionsOf({ operation, options, dryRun }: AdmissionAttributes): AnyObject | null {
  const kind = KINDS[operation];
  if (!kind) return null;
  const { dryRun: _, force: __, fieldValidation, fieldManager, ...others } = options;
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(operation === 'DELETE' ? others : { fieldManager, fieldValidation }),
  } as unknown as AnyObject;
}

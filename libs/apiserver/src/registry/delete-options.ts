import { fieldError, invalid } from '@windlass/meta';

/** meta/v1 DeleteOptions. */
export interface DeleteOptions {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  orphanDependents?: boolean;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  dryRun?: string[];
}

const POLICIES = ['Orphan', 'Background', 'Foreground'];

/** ValidateDeleteOptions. @throws StatusError 422 */
export function checkDeleteOptions({ orphanDependents, propagationPolicy, dryRun }: DeleteOptions): void {
  const errors = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined)
    errors.push(
      fieldError.invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy))
    errors.push({
      type: 'FieldValueNotSupported' as const,
      field: 'propagationPolicy',
      badValue: propagationPolicy,
      detail: 'supported values: "Foreground", "Background", "Orphan", "nil"',
    });
  if (dryRun?.some((value) => value !== 'All')) errors.push(fieldError.notSupported('dryRun', dryRun, ['All']));
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors);
}

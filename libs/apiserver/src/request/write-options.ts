import { type FieldError, fieldError, invalid } from '@windlass/meta';
import type { WriteOptions } from '../registry/context.ts';
import { isTrue } from './request-info.ts';

const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;

/** @throws StatusError 422 naming the option */
export function writeOptions(kind: string, query: URLSearchParams, userAgent: string | undefined, apply = false): WriteOptions {
  const errors: FieldError[] = [];
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldError.notSupported('dryRun', dryRun, ['All']));
  const validation = query.get('fieldValidation') ?? '';
  if (validation !== '' && !VALIDATIONS.includes(validation as 'Warn'))
    errors.push(fieldError.notSupported('fieldValidation', validation, ['', ...VALIDATIONS]));
  const manager = query.get('fieldManager') ?? '';
  if (apply && manager === '') errors.push(fieldError.required('fieldManager', 'is required for apply patch'));
  if (manager.length > 128) errors.push(fieldError.tooLong('fieldManager', manager, 128));
  const unprintable = [...manager].findIndex((character) => !/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character));
  if (unprintable >= 0) {
    const code = [...manager][unprintable]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    errors.push(fieldError.invalid('fieldManager', manager, `invalid character U+${code} (at position ${unprintable})`));
  }
  const force = query.get('force');
  if (force !== null && !apply && kind === 'PatchOptions')
    errors.push(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || managerOf(userAgent),
    fieldValidation: (validation || 'Warn') as WriteOptions['fieldValidation'],
    force: isTrue(force),
  };
}

/** The first word of the user agent, without its version (`kubectl/v1.32 …` → `kubectl`), as managedFields' default manager. */
const managerOf = (userAgent: string | undefined): string => (userAgent ?? '').split('/', 1)[0]!.slice(0, 128) || 'unknown';

import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { clearStatus, statusView } from '../generic/status.ts';
import { resourceQuantity } from '../podspec/resources.ts';
import type { ResourceQuota } from '../types.gen.ts';
import { quotaResourceName } from './quota/resource-names.ts';
import { validateScopeSelector, validateScopes } from './quota/scopes.ts';

const amounts = (list: Record<string, string> | undefined, at: Path): FieldError[] =>
  Object.entries(list ?? {}).flatMap(([name, amount]) => [
    ...quotaResourceName(name, at.key(name)),
    ...resourceQuantity(name, amount, at.key(name)),
  ]);

const validateSpec = ({ spec }: ResourceQuota): FieldError[] => [
  ...amounts(spec?.hard, path('spec', 'hard')),
  ...validateScopes(spec ?? {}),
  ...validateScopeSelector(spec ?? {}),
];

const validateStatus = ({ status }: ResourceQuota): FieldError[] => [
  ...amounts(status?.hard, path('status', 'hard')),
  ...amounts(status?.used, path('status', 'used')),
];

function validateSameScopes({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const now = new Set<string>(spec?.scopes ?? []);
  const was = new Set<string>(old.spec?.scopes ?? []);
  return now.size === was.size && [...now].every((scope) => was.has(scope))
    ? []
    : [fieldError.invalid(path('spec', 'scopes'), spec?.scopes ?? null, 'field is immutable')];
}

/** `cpu: 1/2, …` of limits, or of everything else. */
const usage =
  (limits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.keys(status?.hard ?? {})
      .sort()
      .filter((name) => name.startsWith('limits.') === limits)
      .map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status!.hard![name]}`)
      .join(', ');

export const resourceQuotas = builtin<ResourceQuota>('v1', 'resourcequotas', {
  columns: [
    nameColumn,
    column('Request', 'string', 'Request represents a minimum amount of cpu/memory that a container may consume.', usage(false)),
    column(
      'Limit',
      'string',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      usage(true),
    ),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: clearStatus<ResourceQuota>(() => ({})),
    validate: validateSpec,
    validateUpdate: (next, old) => [...validateSpec(next), ...validateSameScopes(next, old)],
  },
  subresources: { status: statusView<ResourceQuota>(validateStatus) },
});

import { type FieldError, fieldError, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { immutable } from '../fields/immutable.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { PriorityClass } from '../types.gen.ts';

const TYPE = 'scheduling.v1.PriorityClass';
const HIGHEST_OF_USERS = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
const SYSTEM: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** @returns why it is none of Kubernetes' own classes */
function notASystemClass({ metadata, value, globalDefault = false }: PriorityClass): string | undefined {
  const { name = '' } = metadata;
  const wanted = SYSTEM[name];
  if (wanted === undefined) return `${name} is not a known system priority class`;
  if (value !== wanted) return `value of ${name} PriorityClass must be ${wanted}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function rank(one: PriorityClass): FieldError[] {
  if (one.metadata.name?.startsWith(SYSTEM_PREFIX)) {
    const reason = notASystemClass(one);
    const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${reason}`;
    return reason ? [fieldError.forbidden(path('metadata', 'name'), text)] : [];
  }
  const tooHigh = `maximum allowed value of a user defined priority is ${HIGHEST_OF_USERS}`;
  return (one.value ?? 0) > HIGHEST_OF_USERS ? [fieldError.forbidden(path('value'), tooHigh)] : [];
}

export const priorityClasses = builtin<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses', {
  // It starts at 1 and stays there.
  hasGeneration: false,
  columns: [
    nameColumn,
    column<PriorityClass>('Value', 'integer', fieldDoc(TYPE, 'value'), ({ value }) => value ?? 0),
    column<PriorityClass>(
      'Global-Default',
      'boolean',
      fieldDoc(TYPE, 'globalDefault'),
      ({ globalDefault }) => globalDefault ?? false,
    ),
    ageColumn,
    column<PriorityClass>(
      'PreemptionPolicy',
      'string',
      fieldDoc(TYPE, 'preemptionPolicy'),
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  strategy: {
    default(one) {
      one.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    prepareForCreate({ metadata }) {
      metadata.generation = 1;
    },
    validate: (one) => [
      ...rank(one),
      ...oneOf(one.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path('preemptionPolicy')),
    ],
    validateUpdate: (one, old) => [
      ...((one.value ?? 0) === (old.value ?? 0) ? [] : [fieldError.forbidden(path('value'), 'may not be changed in an update.')]),
      ...immutable(one.preemptionPolicy, old.preemptionPolicy, path('preemptionPolicy')),
    ],
  },
});

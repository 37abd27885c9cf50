import { expect, test } from '@jest/globals';
import { fieldErrorText } from '@windlass/meta';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../types.gen.ts';
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetStatus,
  validatePodDisruptionBudgetUpdate,
} from './pod-disruption-budget-rules.ts';

const of = (spec: object): PodDisruptionBudget => ({ metadata: { name: 'b' }, spec: spec as PodDisruptionBudgetSpec });
const texts = (errors: ReturnType<typeof validatePodDisruptionBudget>) => errors.map((e) => `${e.field}: ${fieldErrorText(e)}`);

test.each<[object, string[]]>([
  [{ minAvailable: 0 }, []],
  [{ maxUnavailable: '100%' }, []],
  [
    { minAvailable: 1, maxUnavailable: 1 },
    [
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
  ],
  [{ maxUnavailable: -1 }, ['spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0']],
  [{ minAvailable: '101%' }, ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%']],
  [
    { unhealthyPodEvictionPolicy: 'Bad' },
    ['spec.unhealthyPodEvictionPolicy: Unsupported value: "Bad": supported values: "AlwaysAllow", "IfHealthyBudget"'],
  ],
])('%j', (spec, expected) => expect(texts(validatePodDisruptionBudget(of(spec)))).toEqual(expected));

test('selector values that are no label values are kept, not made', () => {
  const spec = { selector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['not a value'] }] } };
  expect(validatePodDisruptionBudgetUpdate(of(spec), of(spec))).toEqual([]);
  expect(validatePodDisruptionBudgetUpdate(of(spec), of({}))).toHaveLength(1);
});

test('a status is whole', () => {
  const condition = { type: 'X', status: 'Maybe', reason: '1', lastTransitionTime: '' };
  const status = { disruptionsAllowed: -1, conditions: [condition, { ...condition, status: 'True', reason: 'A' }] };
  const errors = validatePodDisruptionBudgetStatus({ ...of({}), status } as unknown as PodDisruptionBudget);
  expect(errors.map(({ type, field }) => `${type} ${field}`)).toEqual([
    'FieldValueNotSupported status.conditions[0].status',
    'FieldValueRequired status.conditions[0].lastTransitionTime',
    'FieldValueInvalid status.conditions[0].reason',
    'FieldValueDuplicate status.conditions[1].type',
    'FieldValueRequired status.conditions[1].lastTransitionTime',
    'FieldValueInvalid status.disruptionsAllowed',
  ]);
});

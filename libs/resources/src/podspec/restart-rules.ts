import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import type { Container, ContainerRestartRule, EphemeralContainer } from '../types.gen.ts';

const POLICIES = ['Always', 'Never', 'OnFailure'];
const MAX_RULES = 20;
const MAX_CODES = 255;

function validateRule({ action, exitCodes }: ContainerRestartRule, at: Path): FieldError[] {
  const errors = oneOf(action ?? '', ['Restart'], at.child('action'));
  if (!exitCodes) return [...errors, fieldError.required(at.child('exitCodes'), 'must be specified')];
  const here = at.child('exitCodes');
  errors.push(...oneOf(exitCodes.operator ?? '', ['In', 'NotIn'], here.child('operator')));
  if ((exitCodes.values?.length ?? 0) > MAX_CODES)
    errors.push(fieldError.tooLong(here.child('values'), exitCodes.values, MAX_CODES));
  return errors;
}

/** Restart policy and rules of a single container (KEP-5307). */
export function validateRestartRules(container: Container | EphemeralContainer, at: Path): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  if (restartPolicy === undefined)
    return rules.length > 0
      ? [fieldError.required(at.child('restartPolicy'), 'must specify restartPolicy when restart rules are used')]
      : [];
  const here = at.child('restartPolicyRules');
  return [
    ...oneOf(restartPolicy, POLICIES, at.child('restartPolicy')),
    ...(rules.length > MAX_RULES ? [fieldError.tooLong(here, rules, MAX_RULES)] : []),
    ...rules.flatMap((rule, i) => validateRule(rule, here.index(i))),
  ];
}

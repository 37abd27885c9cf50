import { type FieldError, fieldError, goQuote, type Path } from '@windlass/meta';
import { qualifiedName } from '../fields/names.ts';
import { Once } from '../fields/once.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
} from '../types.gen.ts';

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_PATTERNS = 20;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** As requiredOneOf, but what is missing is told with the values that there are, as Go's %q lists them. */
const chosen = (value: string | undefined, supported: readonly string[], at: Path): FieldError[] => {
  if (!value) return [fieldError.required(at, `valid values: [${supported.map(goQuote).join(' ')}]`)];
  return supported.includes(value) ? [] : [fieldError.notSupported(at, value, supported)];
};

function validateExitCodes(
  { operator, containerName, values }: PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
  at: Path,
): FieldError[] {
  const here = at.child('values');
  const errors = chosen(operator, OPERATORS, at.child('operator'));
  if (containerName !== undefined && !containers.has(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(at.child('containerName'), containerName, detail));
  }
  const codes = values ?? [];
  if (codes.length === 0) errors.push(fieldError.invalid(here, values ?? null, 'at least one value is required'));
  if (codes.length > MAX_EXIT_CODES) errors.push(fieldError.tooMany(here, codes.length, MAX_EXIT_CODES));
  const once = new Once();
  codes.forEach((code, i) => {
    if (operator === 'In' && code === 0)
      errors.push(fieldError.invalid(here.index(i), code, 'must not be 0 for the In operator'));
    errors.push(...once.check(String(code), here.index(i), code));
  });
  if (codes.some((code, i) => i > 0 && (codes[i - 1] as number) > code))
    errors.push(fieldError.invalid(here, codes, 'must be ordered'));
  return errors;
}

const validateConditions = (patterns: readonly PodFailurePolicyOnPodConditionsPattern[], at: Path): FieldError[] => [
  ...(patterns.length > MAX_PATTERNS ? [fieldError.tooMany(at, patterns.length, MAX_PATTERNS)] : []),
  ...patterns.flatMap(({ type = '', status }, i) => [
    ...qualifiedName(type, at.index(i).child('type')),
    ...chosen(status, STATUSES, at.index(i).child('status')),
  ]),
];

function validateRule(
  { action, onExitCodes, onPodConditions = [] }: PodFailurePolicyRule,
  spec: JobSpec,
  containers: ReadonlySet<string>,
  at: Path,
): FieldError[] {
  const errors = chosen(action, ACTIONS, at.child('action'));
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(fieldError.invalid(at.child('action'), action, 'requires the backoffLimitPerIndex to be set'));
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, containers, at.child('onExitCodes')));
  errors.push(...validateConditions(onPodConditions, at.child('onPodConditions')));
  const byConditions = onPodConditions.length > 0;
  if (onExitCodes && byConditions)
    errors.push(fieldError.inconsistent(at, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && !byConditions)
    errors.push(fieldError.inconsistent(at, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

/** Rules for failed pods (KEP-3329). `at` is the policy's. */
export function validatePodFailurePolicy(spec: JobSpec, at: Path): FieldError[] {
  if (!spec.podFailurePolicy) return [];
  const { rules = [] } = spec.podFailurePolicy;
  const { containers = [], initContainers = [] } = spec.template.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  const here = at.child('rules');
  return [
    ...(rules.length > MAX_RULES ? [fieldError.tooMany(here, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, i) => validateRule(rule, spec, names, here.index(i))),
  ];
}

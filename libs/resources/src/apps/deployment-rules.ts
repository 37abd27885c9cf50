import { type FieldError, fieldError, labelSelectorMatcher, type Path, path } from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { intOrPercentValue, nonNegativeIntOrPercent, notMoreThan100Percent } from '../fields/int-or-percent.ts';
import { nonNegative } from '../fields/numbers.ts';
import { goStruct } from '../internal/go-struct.ts';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from '../types.gen.ts';
import { collisionsGrow, notGreaterThan, validateCounts } from './status-counts.ts';
import { validateOwnSelector, validateReplicaTemplate } from './template.ts';

const AT = path('spec');

function validateRollingUpdate(
  { maxUnavailable, maxSurge }: NonNullable<DeploymentStrategy['rollingUpdate']>,
  at: Path,
): FieldError[] {
  const unavailable = at.child('maxUnavailable');
  const stuck = intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0;
  return [
    ...nonNegativeIntOrPercent(maxUnavailable, unavailable),
    ...nonNegativeIntOrPercent(maxSurge, at.child('maxSurge')),
    ...(stuck ? [fieldError.invalid(unavailable, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0')] : []),
    ...notMoreThan100Percent(maxUnavailable, unavailable),
  ];
}

function validateStrategy(strategy: DeploymentStrategy, at: Path): FieldError[] {
  const { type, rollingUpdate } = strategy;
  const here = at.child('rollingUpdate');
  if (type === 'Recreate')
    return rollingUpdate ? [fieldError.forbidden(here, "may not be specified when strategy `type` is 'Recreate'")] : [];
  if (type === 'RollingUpdate') return rollingUpdate ? validateRollingUpdate(rollingUpdate, here) : [];
  return [fieldError.notSupported(at, goStruct('DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate'])];
}

function validateSpec(spec: DeploymentSpec, old?: DeploymentSpec): FieldError[] {
  const { errors, readable } = validateOwnSelector(spec.selector, 'deployment', AT.child('selector'));
  const deadline = spec.progressDeadlineSeconds;
  const here = AT.child('progressDeadlineSeconds');
  return [
    ...nonNegative(spec.replicas, AT.child('replicas')),
    ...errors,
    ...(readable
      ? validateReplicaTemplate(
          spec.template,
          labelSelectorMatcher(spec.selector),
          'ReplicaSet',
          AT.child('template'),
          old?.template,
        )
      : []),
    ...validateStrategy(spec.strategy ?? {}, AT.child('strategy')),
    ...nonNegative(spec.minReadySeconds, AT.child('minReadySeconds')),
    ...nonNegative(spec.revisionHistoryLimit, AT.child('revisionHistoryLimit')),
    ...nonNegative(deadline, here),
    ...(deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)
      ? [fieldError.invalid(here, deadline, 'must be greater than minReadySeconds')]
      : []),
  ];
}

/** ValidateDeployment */
export const validateDeployment = ({ spec }: Deployment): FieldError[] => validateSpec(spec);

/** ValidateDeploymentUpdate, and the selector that apps/v1 does not let go. */
export const validateDeploymentUpdate = ({ spec }: Deployment, old: Deployment): FieldError[] => [
  ...validateSpec(spec, old.spec),
  ...immutable(spec.selector, old.spec.selector, AT.child('selector')),
];

const COUNTS = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'];

/** ValidateDeploymentStatusUpdate */
export const validateDeploymentStatus = (deployment: Deployment, old: Deployment): FieldError[] => [
  ...validateCounts(deployment.status, [...COUNTS, 'terminatingReplicas', 'collisionCount']),
  ...notGreaterThan(deployment.status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'status.replicas'),
  ...notGreaterThan(deployment.status, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
  ...collisionsGrow(deployment, old),
];

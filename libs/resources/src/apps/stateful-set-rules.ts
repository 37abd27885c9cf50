import { equalJson, type FieldError, fieldError, labelSelectorMatcher, type Path, path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { intOrPercentValue, nonNegativeIntOrPercent, notMoreThan100Percent } from '../fields/int-or-percent.ts';
import { dnsLabel } from '../fields/names.ts';
import { nonNegative } from '../fields/numbers.ts';
import { goStruct } from '../internal/go-struct.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import { validatePodTemplate } from '../podspec/pod-template.ts';
import { validateClaimSpec } from '../storage/claim-spec.ts';
import type { PodTemplateSpec, StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy, Volume } from '../types.gen.ts';
import { collisionsGrow, notGreaterThan, validateCounts } from './status-counts.ts';
import { selectorMismatch, validateOwnSelector, validateRestartingPods } from './template.ts';

const AT = path('spec');

function validateUpdateStrategy(strategy: StatefulSetUpdateStrategy, at: Path): FieldError[] {
  const { type, rollingUpdate } = strategy;
  const here = at.child('rollingUpdate');
  if (!type) return [fieldError.required(at)];
  if (type === 'OnDelete')
    return rollingUpdate
      ? [
          fieldError.invalid(
            here,
            goStruct('RollingUpdateStatefulSetStrategy', rollingUpdate),
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
      : [];
  if (type !== 'RollingUpdate')
    return [fieldError.invalid(at, goStruct('StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'")];
  if (!rollingUpdate) return [];
  const { partition, maxUnavailable } = rollingUpdate;
  const errors = nonNegative(partition, here.child('partition'));
  if (maxUnavailable === undefined) return errors;
  const unavailable = here.child('maxUnavailable');
  errors.push(...nonNegativeIntOrPercent(maxUnavailable, unavailable));
  if (intOrPercentValue(maxUnavailable) === 0) errors.push(fieldError.invalid(unavailable, maxUnavailable, 'cannot be 0'));
  errors.push(...notMoreThan100Percent(maxUnavailable, unavailable));
  return errors;
}

/** The template as its pods will have it: with a volume for each claim. */
function withClaims(template: PodTemplateSpec, claims: StatefulSetSpec['volumeClaimTemplates'] = []): PodTemplateSpec {
  const named = claims.flatMap(({ metadata }) => (metadata?.name ? [metadata.name] : []));
  const volumes: Volume[] = named.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = (template.spec?.volumes ?? []).filter(({ name }) => !named.includes(name));
  return { ...template, spec: { ...template.spec!, volumes: [...own, ...volumes] } };
}

const RETENTION = ['Retain', 'Delete'];
const POLICIES = ['OrderedReady', 'Parallel'];

/** ValidateStatefulSetSpec */
function validateSpec(spec: StatefulSetSpec, old?: StatefulSetSpec): FieldError[] {
  const { podManagementPolicy: policy = '', persistentVolumeClaimRetentionPolicy: retention, serviceName, template } = spec;
  const { errors, readable } = validateOwnSelector(spec.selector, 'statefulset', AT.child('selector'), '');
  const kept = AT.child('persistentVolumeClaimRetentionPolicy');
  const here = AT.child('template');
  return [
    ...(policy ? [] : [fieldError.required(AT.child('podManagementPolicy'))]),
    ...(policy && !POLICIES.includes(policy)
      ? [fieldError.invalid(AT.child('podManagementPolicy'), policy, "must be 'OrderedReady' or 'Parallel'")]
      : []),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, AT.child('updateStrategy')),
    ...oneOf(retention?.whenDeleted, RETENTION, kept.child('whenDeleted')),
    ...oneOf(retention?.whenScaled, RETENTION, kept.child('whenScaled')),
    ...nonNegative(spec.replicas, AT.child('replicas')),
    ...nonNegative(spec.minReadySeconds, AT.child('minReadySeconds')),
    ...nonNegative(spec.ordinals?.start, AT.child('ordinals.start')),
    ...errors,
    ...(serviceName && serviceName !== old?.serviceName ? dnsLabel(serviceName, AT.child('serviceName')) : []),
    ...(readable ? selectorMismatch(labelSelectorMatcher(spec.selector), template, here) : []),
    ...validatePodTemplate(withClaims(template, spec.volumeClaimTemplates), here, optionsFor(old?.template.spec)),
    ...validateRestartingPods(template, 'StatefulSet', here),
    ...(old ? [] : (spec.volumeClaimTemplates ?? [])).flatMap((claim, i) =>
      validateClaimSpec(claim.spec ?? {}, AT.child('volumeClaimTemplates').index(i).child('spec')),
    ),
  ];
}

export const validateStatefulSet = ({ spec }: StatefulSet): FieldError[] => validateSpec(spec);

const MUTABLE = [
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit'],
  ...['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
] as const;

const FIXED =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** ValidateStatefulSetUpdate */
export function validateStatefulSetUpdate({ spec }: StatefulSet, old: StatefulSet): FieldError[] {
  const rest = (whole: StatefulSetSpec): object =>
    Object.fromEntries(Object.entries(whole).filter(([field]) => !(MUTABLE as readonly string[]).includes(field)));
  return [...validateSpec(spec, old.spec), ...(equalJson(rest(spec), rest(old.spec)) ? [] : [fieldError.forbidden(AT, FIXED)])];
}

const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];

/** ValidateStatefulSetStatusUpdate */
export const validateStatefulSetStatus = (object: StatefulSet, old: StatefulSet): FieldError[] => [
  ...validateCounts(object.status, [...COUNTS, 'observedGeneration', 'collisionCount']),
  ...notGreaterThan(object.status, COUNTS.slice(1), 'replicas', 'status.replicas'),
  ...notGreaterThan(object.status, ['availableReplicas'], 'readyReplicas', 'status.readyReplicas'),
  ...collisionsGrow(object, old),
];

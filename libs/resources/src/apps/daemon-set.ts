import {
  type Column,
  cloneJson,
  equalJson,
  type FieldError,
  fieldError,
  labelSelectorMatcher,
  type Path,
  path,
} from '@windlass/meta';
import { immutable } from '../fields/immutable.ts';
import { intOrPercentValue, nonNegativeIntOrPercent, notMoreThan100Percent } from '../fields/int-or-percent.ts';
import { isEmptySelector, validateLabelSelector } from '../fields/label-selector.ts';
import { nonNegative } from '../fields/numbers.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import { labelsText } from '../generic/texts.ts';
import { goStruct } from '../internal/go-struct.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import { validatePodTemplate } from '../podspec/pod-template.ts';
import { defaultPodTemplate } from '../podspec/template-defaults.ts';
import { podWarnings } from '../podspec/warnings.ts';
import type { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from '../types.gen.ts';
import { collisionsGrow, validateCounts } from './status-counts.ts';
import { selectorMismatch, validateRestartingPods } from './template.ts';
import { selectorColumn, templateColumns } from './template-columns.ts';

const AT = path('spec');
/** A field of older API versions that apps/v1 shows as an annotation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function defaultDaemonSet(object: DaemonSet): void {
  const { spec } = object;
  setTemplateGeneration(object, templateGeneration(object));
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultPodTemplate(spec.template);
}

function validateUpdateStrategy(strategy: DaemonSetUpdateStrategy, at: Path): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [fieldError.notSupported(at, goStruct('DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete'])];
  const here = at.child('rollingUpdate');
  if (!rollingUpdate) return [fieldError.required(here)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const [unavailable, surge] = [here.child('maxUnavailable'), here.child('maxSurge')];
  const errors = [
    ...nonNegativeIntOrPercent(maxUnavailable, unavailable),
    ...nonNegativeIntOrPercent(maxSurge, surge),
    ...notMoreThan100Percent(maxUnavailable, unavailable),
    ...notMoreThan100Percent(maxSurge, surge),
  ];
  const [takesDown, putsMore] = [intOrPercentValue(maxUnavailable) !== 0, intOrPercentValue(maxSurge) !== 0];
  if (takesDown && putsMore) errors.push(fieldError.invalid(surge, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!takesDown && !putsMore) errors.push(fieldError.required(unavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

function mismatch({ selector, template }: DaemonSetSpec): FieldError[] {
  try {
    return selectorMismatch(labelSelectorMatcher(selector), template, AT.child('template'));
  } catch {
    return [];
  }
}

/** ValidateDaemonSetSpec */
function validateSpec(spec: DaemonSetSpec, old?: DaemonSetSpec): FieldError[] {
  const { selector, template } = spec;
  const here = AT.child('selector');
  return [
    ...validateLabelSelector(selector, here),
    ...mismatch(spec),
    ...(selector && isEmptySelector(selector)
      ? [fieldError.invalid(here, selector, 'empty selector is invalid for daemonset')]
      : []),
    ...validatePodTemplate(template, AT.child('template'), optionsFor(old?.template.spec)),
    ...validateRestartingPods(template, 'DaemonSet', AT.child('template')),
    ...nonNegative(spec.minReadySeconds, AT.child('minReadySeconds')),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}, AT.child('updateStrategy')),
    ...nonNegative(spec.revisionHistoryLimit, AT.child('revisionHistoryLimit')),
  ];
}

const templateGeneration = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;

function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

const EMPTY_STATUS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };

const COUNTS = [
  ...['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration'],
  ...['updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount'],
];

type CountField =
  | 'desiredNumberScheduled'
  | 'currentNumberScheduled'
  | 'numberReady'
  | 'updatedNumberScheduled'
  | 'numberAvailable';

const count = (name: string, field: CountField): Column<DaemonSet> =>
  column<DaemonSet>(name, 'integer', fieldDoc('apps.v1.DaemonSetStatus', field), ({ status }) => status?.[field] ?? 0);

const columns: readonly Column<DaemonSet>[] = [
  nameColumn as Column<DaemonSet>,
  count('Desired', 'desiredNumberScheduled'),
  count('Current', 'currentNumberScheduled'),
  count('Ready', 'numberReady'),
  count('Up-to-date', 'updatedNumberScheduled'),
  count('Available', 'numberAvailable'),
  column<DaemonSet>('Node Selector', 'string', fieldDoc('core.v1.PodSpec', 'nodeSelector'), ({ spec }) =>
    labelsText(spec.template.spec?.nodeSelector),
  ),
  ageColumn as Column<DaemonSet>,
  ...templateColumns<DaemonSet>({ template: ({ spec }) => spec.template }),
  selectorColumn<DaemonSet>(fieldDoc('apps.v1.DaemonSetSpec', 'selector'), ({ spec }) => spec.selector),
];

export const daemonSets = builtin<DaemonSet>('apps/v1', 'daemonsets', {
  columns,
  versionAnnotations: [TEMPLATE_GENERATION],
  strategy: {
    default: defaultDaemonSet,
    prepareForCreate(object) {
      object.status = cloneJson(EMPTY_STATUS);
      setTemplateGeneration(object, Math.max(1, templateGeneration(object)));
    },
    prepareForUpdate(object, old) {
      const changed = !equalJson(object.spec.template, old.spec.template);
      setTemplateGeneration(object, templateGeneration(old) + (changed ? 1 : 0));
    },
    validate: ({ spec }) => validateSpec(spec),
    validateUpdate: ({ spec }, old) => [
      ...immutable(spec.selector, old.spec.selector, AT.child('selector')),
      ...validateSpec(spec, old.spec),
    ],
    warnings: ({ metadata, spec: { template } }, old) =>
      old && old.metadata.generation === metadata.generation
        ? []
        : podWarnings(template.metadata ?? {}, template.spec!, AT.child('template')),
  },
  subresources: {
    status: {
      validateUpdate: (object, old) => [...validateCounts(object.status, COUNTS), ...collisionsGrow(object, old)],
    },
  },
});

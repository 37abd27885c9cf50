import {
  type FieldError,
  fieldError,
  type LabelSelector,
  type Path,
  validateDns1123Label,
  validateQualifiedName,
} from '@windlass/meta';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { textErrors } from '../fields/names.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from '../fields/node-selector.ts';
import type { Affinity, NodeAffinity, PodAffinity, PodAffinityTerm, PodAntiAffinity } from '../types.gen.ts';
import type { PodOptions } from './options.ts';

const validateWeight = (weight: number, at: Path): FieldError[] =>
  weight >= 1 && weight <= 100 ? [] : [fieldError.invalid(at.child('weight'), weight, 'must be in the range 1-100')];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const validateNodeAffinity = (affinity: NodeAffinity, options: PodOptions, at: Path): FieldError[] => [
  ...(affinity[REQUIRED]
    ? validateNodeSelector(affinity[REQUIRED], at.child(REQUIRED), options.allowInvalidNodeAffinityValues)
    : []),
  ...(affinity[PREFERRED] ?? []).flatMap(({ weight, preference }, i) => {
    const here = at.child(PREFERRED).index(i);
    return [...validateWeight(weight, here), ...validateNodeSelectorTerm(preference, true, here.child('preference'))];
  }),
];

function validateLabelKeys(keys: readonly string[] | undefined, selector: LabelSelector | undefined, at: Path): FieldError[] {
  if (!keys?.length) return [];
  if (!selector) return [fieldError.forbidden(at, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, i) => textErrors(validateQualifiedName, key, at.index(i)));
}

/** The keys were merged into the selector before: a key that is there twice was in both. */
function validateMatchKeys(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: PodAffinityTerm,
  at: Path,
): FieldError[] {
  const errors = [
    ...validateLabelKeys(matchLabelKeys, labelSelector, at.child('matchLabelKeys')),
    ...validateLabelKeys(mismatchLabelKeys, labelSelector, at.child('mismatchLabelKeys')),
  ];
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const i = matchLabelKeys.indexOf(key);
    if (i >= 0 && seen.has(key))
      errors.push(fieldError.invalid(at.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (!mismatchLabelKeys.includes(key)) return;
    const here = at.child('matchLabelKeys').index(i);
    errors.push(fieldError.invalid(here, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  return errors;
}

function validatePodAffinityTerm(term: PodAffinityTerm, options: PodOptions, at: Path): FieldError[] {
  const selectors = { allowInvalidValues: options.allowInvalidSelectorValues };
  const key = at.child('topologyKey');
  return [
    ...validateLabelSelector(term.labelSelector, at.child('labelSelector'), selectors),
    ...validateLabelSelector(term.namespaceSelector, at.child('namespaceSelector'), selectors),
    ...(term.namespaces ?? []).flatMap((name) => textErrors(validateDns1123Label, name, at.child('namespace'))),
    ...validateMatchKeys(term, at),
    ...(term.topologyKey ? [] : [fieldError.required(key, 'can not be empty')]),
    ...textErrors(validateQualifiedName, term.topologyKey ?? '', key),
  ];
}

const validatePodAffinity = (affinity: PodAffinity | PodAntiAffinity, options: PodOptions, at: Path): FieldError[] => [
  ...(affinity[REQUIRED] ?? []).flatMap((term, i) => validatePodAffinityTerm(term, options, at.child(REQUIRED).index(i))),
  ...(affinity[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, i) => {
    const here = at.child(PREFERRED).index(i);
    return [...validateWeight(weight, here), ...validatePodAffinityTerm(podAffinityTerm, options, here.child('podAffinityTerm'))];
  }),
];

export function validateAffinity(affinity: Affinity | undefined, options: PodOptions, at: Path): FieldError[] {
  if (!affinity) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  return [
    ...(nodeAffinity ? validateNodeAffinity(nodeAffinity, options, at.child('nodeAffinity')) : []),
    ...(podAffinity ? validatePodAffinity(podAffinity, options, at.child('podAffinity')) : []),
    ...(podAntiAffinity ? validatePodAffinity(podAntiAffinity, options, at.child('podAntiAffinity')) : []),
  ];
}

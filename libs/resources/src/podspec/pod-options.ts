import { type FieldError, path } from '@windlass/meta';
import type { PodSpec } from '../types.gen.ts';
import { validateAffinity } from './affinity.ts';
import type { PodOptions } from './options.ts';
import { validateTopologySpread } from './topology-spread.ts';

const HERE = path('spec');

/** An object may keep what was valid when it was made (GetValidationOptionsFromPodSpecAndMeta). @param old the spec before an update */
export function optionsFor(old: PodSpec | undefined): PodOptions {
  if (!old?.affinity && !old?.topologySpreadConstraints) return {};
  const { nodeAffinity, ...pods } = old.affinity ?? {};
  const some = (errors: FieldError[]): boolean => errors.length > 0;
  return {
    allowInvalidSelectorValues: some(validateAffinity(pods, {}, HERE)),
    allowInvalidNodeAffinityValues: some(validateAffinity({ nodeAffinity }, {}, HERE)),
    allowInvalidSpreadSelectors: some(validateTopologySpread(old.topologySpreadConstraints, {}, HERE)),
  };
}

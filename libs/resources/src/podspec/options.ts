/** What of a pod's validation depends on where the spec stands, and on what an older object already holds (PodValidationOptions). */
export interface PodOptions {
  /** The spec is a pod's own, not a template's. */
  isPod?: boolean;
  /** Name of the pod, for names that derive from it. */
  podName?: string;
  /** Label selectors may hold values that are no label values, as those of the old object do. */
  allowInvalidSelectorValues?: boolean;
  allowInvalidNodeAffinityValues?: boolean;
  allowInvalidSpreadSelectors?: boolean;
}

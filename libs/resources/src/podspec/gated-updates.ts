import { equalJson, type FieldError, fieldError, type Path } from '@windlass/meta';
import { goStruct } from '../internal/go-struct.ts';
import type { NodeAffinity, NodeSelectorTerm, PodSpec } from '../types.gen.ts';

function selectorAdditions(next: Record<string, string> = {}, old: Record<string, string> = {}, at: Path): FieldError[] {
  const kept = Object.entries(old).every(([key, value]) => next[key] === value);
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return kept ? [] : [fieldError.invalid(at, next, detail)];
}

/** An empty term matches nothing, so that a requirement would widen it. */
function onlyAdds(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const size = ({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm) => matchExpressions.length + matchFields.length;
  if (size(old) === 0) return size(next) === 0;
  return (['matchExpressions', 'matchFields'] as const).every((field) =>
    (old[field] ?? []).every((requirement, i) => equalJson(requirement, next[field]?.[i])),
  );
}

function affinityAdditions(next: NodeAffinity | undefined, old: NodeAffinity | undefined, at: Path): FieldError[] {
  const before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const after = next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (before.length === 0) return [];
  const here = at.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  const shown = (term: NodeSelectorTerm) => goStruct('NodeSelectorTerm', term);
  if (before.length !== after.length) {
    const detail = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [fieldError.invalid(here, after.length === 0 ? null : after.map(shown), detail)];
  }
  return before.flatMap((term, i) =>
    onlyAdds(after[i]!, term)
      ? []
      : [fieldError.invalid(here.index(i), shown(after[i]!), 'only additions are allowed (no mutations or deletions)')],
  );
}

/**
 * What scheduling directives may change while a pod waits at a scheduling gate (KEP-3838). The allowed changes are taken back in `munged`,
 * so that the comparison of specs afterwards does not see them.
 */
export function gatedChanges(munged: PodSpec, old: PodSpec, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!equalJson(munged.nodeSelector, old.nodeSelector)) {
    errors.push(...selectorAdditions(munged.nodeSelector, old.nodeSelector, at.child('nodeSelector')));
    munged.nodeSelector = old.nodeSelector;
  }
  const before = old.affinity?.nodeAffinity;
  const after = munged.affinity?.nodeAffinity;
  if (equalJson(after, before)) return errors;
  errors.push(...affinityAdditions(after, before, at.child('affinity', 'nodeAffinity')));
  munged.affinity = { ...munged.affinity, nodeAffinity: before };
  if (!old.affinity && !munged.affinity.podAffinity && !munged.affinity.podAntiAffinity) munged.affinity = undefined;
  return errors;
}

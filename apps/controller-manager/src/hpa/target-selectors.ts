import type { Lister } from '@windlass/client';
import { type LabelMatcher, parseLabelSelector } from '@windlass/meta';
import type { Pod } from '@windlass/resources';

/** Why a target's pods cannot be told: reasons of the condition and the event, and their texts. */
export interface BadSelector {
  reason: string;
  condition: string;
  event: string;
  message: string;
}

/** Which pods each autoscaler's target has, and whether two autoscalers pull at the same pods. */
export class TargetSelectors {
  readonly #pods: Lister<Pod>;
  readonly #known = new Map<string, { namespace: string; matcher: LabelMatcher }>();
  constructor(pods: Lister<Pod>) {
    this.#pods = pods;
  }

  podsOf(key: string, namespace: string, selector: string): { pods: Pod[] } | BadSelector {
    if (!selector) {
      const condition = "the HPA target's scale is missing a selector";
      return { reason: 'InvalidSelector', condition, event: 'SelectorRequired', message: 'selector is required' };
    }
    let matcher: LabelMatcher;
    try {
      matcher = parseLabelSelector(selector);
    } catch (error) {
      const message = `couldn't convert selector into a corresponding internal selector object: ${(error as Error).message}`;
      return { reason: 'InvalidSelector', condition: message, event: 'InvalidSelector', message };
    }
    const has = (of: LabelMatcher, pod: Pod) => of.matches(pod.metadata.labels ?? {});
    const pods = this.#pods.inNamespace(namespace).filter((pod) => has(matcher, pod));
    this.#known.set(key, { namespace, matcher });
    const rivals = [...this.#known].filter(
      ([, other]) => other.namespace === namespace && pods.some((pod) => has(other.matcher, pod)),
    );
    if (rivals.length < 2) return { pods };
    const names = rivals.map(([rival]) => rival).sort();
    const message = `pods by selector ${selector} are controlled by multiple HPAs: [${names.join(' ')}]`;
    return { reason: 'AmbiguousSelector', condition: message, event: 'AmbiguousSelector', message };
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

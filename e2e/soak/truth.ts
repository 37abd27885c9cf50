import type { AnyObject } from '@windlass/meta';
import type { StoreEvent } from '@windlass/store';

/** An event as a watcher has it; a bookmark has no name. */
export interface Seen {
  type: string;
  name: string;
  revision: number;
}

const isOn = (text: string | undefined): boolean =>
  text !== undefined && (JSON.parse(text) as AnyObject).metadata.labels?.on === 'yes';

/** What a watcher must see of the store's log; with a selector, how objects come to match and cease to. */
export function expectedOf(log: readonly StoreEvent[], selecting: boolean): Seen[] {
  return log.flatMap(({ type, key, revision, data, previous }) => {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (!selecting) return [{ type, name, revision }];
    const before = type !== 'ADDED' && isOn(previous);
    const now = type !== 'DELETED' && isOn(data);
    if (!before && !now) return [];
    return [{ type: before && now ? 'MODIFIED' : now ? 'ADDED' : 'DELETED', name, revision }];
  });
}

/**
 * What is wrong with what a watcher saw after `from`, in one line; undefined when it is exactly what had to come: every change, once, in
 * order, and every bookmark after all that it covers.
 */
export function faultOf(seen: readonly Seen[], expected: readonly Seen[], from: number): string | undefined {
  const due = expected.filter(({ revision }) => revision > from);
  let at = 0;
  for (const event of seen) {
    if (event.type === 'BOOKMARK') {
      const missed = due[at];
      if (missed && missed.revision <= event.revision) return `bookmark ${event.revision} came before ${JSON.stringify(missed)}`;
      continue;
    }
    const wanted = due[at++];
    if (JSON.stringify(event) !== JSON.stringify(wanted))
      return `saw ${JSON.stringify(event)} instead of ${JSON.stringify(wanted)}`;
  }
  return at < due.length ? `missed ${due.length - at} from ${JSON.stringify(due[at])} on` : undefined;
}

import type { AnyObject } from '@windlass/meta';

/** events.k8s.io/v1 fields by their core/v1 names. The others are called the same. */
const NAMES: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** Fields that Go writes although they are empty, by form. */
const CORE_ZEROS: Record<string, unknown> = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};
const EVENTS_ZEROS: Record<string, unknown> = {
  regarding: {},
  deprecatedSource: {},
  deprecatedFirstTimestamp: null,
  deprecatedLastTimestamp: null,
  eventTime: null,
};

function renamed(event: AnyObject, from: 0 | 1, apiVersion: string, zeros: Record<string, unknown>): AnyObject {
  const next: Record<string, unknown> = { ...event, apiVersion };
  for (const pair of NAMES) {
    const value = next[pair[from]];
    delete next[pair[from]];
    if (value !== undefined) next[pair[from === 0 ? 1 : 0]] = value;
  }
  for (const [key, zero] of Object.entries(zeros)) next[key] ??= structuredClone(zero);
  return next as AnyObject;
}

/** core/v1 → events.k8s.io/v1 */
export function toEventsV1(event: AnyObject): AnyObject {
  const next = renamed(event, 0, 'events.k8s.io/v1', EVENTS_ZEROS);
  for (const key of ['reportingController', 'reportingInstance']) if (next[key] === '') delete next[key];
  return next;
}

/** events.k8s.io/v1 → core/v1 */
export const toCoreEvent = (event: AnyObject): AnyObject => renamed(event, 1, 'v1', CORE_ZEROS);

import { ageOf, type Column } from '@windlass/meta';
import { column, nameColumn } from '../../generic/columns.ts';
import { fieldDoc } from '../../generic/docs.ts';
import type { Event } from '../../types.gen.ts';

const doc = (field: string): string => fieldDoc('core.v1.Event', field);

const firstSeen = ({ firstTimestamp, eventTime }: Event, now: Date): string => ageOf(firstTimestamp ?? eventTime, now);

function lastSeen(event: Event, now: Date): string {
  if (event.series) return ageOf(event.series.lastObservedTime, now);
  return event.lastTimestamp ? ageOf(event.lastTimestamp, now) : firstSeen(event, now);
}

function object({ involvedObject: { kind = '', name } = {} }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function source({ source: from, reportingComponent, reportingInstance }: Event): string {
  const component = from?.component || reportingComponent || '';
  const instance = from?.host || reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}

const count = ({ series, count: own }: Event): number => (series ? (series.count ?? 0) : own || 1);

const wide = { wide: true };

/** Cells are those of the core form. */
export const eventColumns: readonly Column<Event>[] = [
  column('Last Seen', 'string', fieldDoc('core.v1.Event', 'lastTimestamp'), lastSeen),
  column('Type', 'string', doc('type'), ({ type }) => type ?? ''),
  column('Reason', 'string', doc('reason'), ({ reason }) => reason ?? ''),
  column('Object', 'string', 'The object that this event is about.', object),
  column(
    'Subobject',
    'string',
    fieldDoc('core.v1.ObjectReference', 'fieldPath'),
    ({ involvedObject }) => involvedObject?.fieldPath ?? '',
    wide,
  ),
  column(
    'Source',
    'string',
    'The component reporting this event. Should be a short machine understandable string.',
    source,
    wide,
  ),
  column('Message', 'string', doc('message'), ({ message }) => (message ?? '').trim()),
  column('First Seen', 'string', doc('firstTimestamp'), firstSeen, wide),
  column('Count', 'string', doc('count'), count, wide),
  { ...nameColumn, priority: 1 } as unknown as Column<Event>,
];

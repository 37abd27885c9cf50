import type { AnyObject, Column } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import { metadataFields } from '../generic/selectable.ts';
import type { Event } from '../types.gen.ts';
import { eventColumns } from './event/columns.ts';
import { toCoreEvent, toEventsV1 } from './event/convert.ts';
import { validateLegacyEvent, validateStrictEvent, validateStrictEventUpdate } from './event/validate.ts';

const involved = (field: string) => (event: Event) =>
  ((event.involvedObject as Record<string, string> | undefined)?.[field] ?? '') as string;

/** By their core/v1 names, in both versions. */
const selectableFields: Record<string, (event: Event) => string> = {
  ...metadataFields,
  'involvedObject.kind': involved('kind'),
  'involvedObject.namespace': involved('namespace'),
  'involvedObject.name': involved('name'),
  'involvedObject.uid': involved('uid'),
  'involvedObject.apiVersion': involved('apiVersion'),
  'involvedObject.resourceVersion': involved('resourceVersion'),
  'involvedObject.fieldPath': involved('fieldPath'),
  reason: ({ reason }) => reason ?? '',
  reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
  source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
  type: ({ type }) => type ?? '',
};

export const coreEvents = builtin<Event>('v1', 'events', {
  checksOwnMetadata: true,
  columns: eventColumns,
  selectableFields,
  strategy: { validate: validateLegacyEvent, validateUpdate: validateLegacyEvent },
});

const core = (event: AnyObject): Event => toCoreEvent(event) as unknown as Event;

/** Regarding, reason, type, reportingController: events.k8s.io/v1 selects by names of its own. */
const EVENTS_FIELDS: Record<string, string> = {
  'regarding.kind': 'involvedObject.kind',
  'regarding.namespace': 'involvedObject.namespace',
  'regarding.name': 'involvedObject.name',
  'regarding.uid': 'involvedObject.uid',
  'regarding.apiVersion': 'involvedObject.apiVersion',
  'regarding.resourceVersion': 'involvedObject.resourceVersion',
  'regarding.fieldPath': 'involvedObject.fieldPath',
  reason: 'reason',
  reportingController: 'reportingComponent',
  type: 'type',
};

export const events = builtin<AnyObject>('events.k8s.io/v1', 'events', {
  checksOwnMetadata: true,
  storedAs: { group: '', version: 'v1', resource: 'events', decode: toEventsV1, encode: toCoreEvent },
  columns: eventColumns.map((one) => ({ ...one, cell: (event: AnyObject, now: Date) => one.cell(core(event), now) })) as Column[],
  selectableFields: {
    ...metadataFields,
    ...Object.fromEntries(
      Object.entries(EVENTS_FIELDS).map(([own, theirs]) => [own, (event: AnyObject) => selectableFields[theirs]!(core(event))]),
    ),
  },
  strategy: {
    validate: (event) => validateStrictEvent(core(event)),
    validateUpdate: (event, old) => validateStrictEventUpdate(core(event), core(old)),
  },
});

import {
  equalJson,
  type FieldError,
  fieldError,
  path,
  validateDns1123Subdomain,
  validateObjectMeta,
  validateQualifiedName,
} from '@windlass/meta';
import { textErrors } from '../../fields/names.ts';
import { goStruct } from '../../internal/go-struct.ts';
import type { Event } from '../../types.gen.ts';

const NAMESPACE = path('involvedObject', 'namespace');
const SHORT = 128;
const NOTE = 1024;

const tooLong = (field: string, value: string, limit: number): FieldError[] =>
  Buffer.byteLength(value) > limit ? [fieldError.invalid(path(field), '', `can have at most ${limit} characters`)] : [];

const shortText = (field: string, value = ''): FieldError[] => [
  ...(value ? [] : [fieldError.required(path(field))]),
  ...tooLong(field, value, SHORT),
];

function validateNamespaces({ metadata, involvedObject, eventTime }: Event): FieldError[] {
  const own = metadata.namespace ?? '';
  const theirs = involvedObject?.namespace ?? '';
  const mismatch = [fieldError.invalid(NAMESPACE, theirs, 'does not match event.namespace')];
  if (theirs) return !eventTime && own !== theirs ? mismatch : [];
  const free = eventTime ? ['default', 'kube-system'] : ['', 'default'];
  return free.includes(own) ? [] : mismatch;
}

/** legacyValidateEvent: what holds in every version. */
export function validateLegacyEvent(event: Event): FieldError[] {
  const { metadata, eventTime, reportingComponent = '', reportingInstance, action, reason, message = '' } = event;
  const errors = validateNamespaces(event);
  if (eventTime)
    errors.push(
      ...(reportingComponent ? [] : [fieldError.required(path('reportingController'))]),
      ...textErrors(validateQualifiedName, reportingComponent, path('reportingController')),
      ...shortText('reportingInstance', reportingInstance),
      ...shortText('action', action),
      ...shortText('reason', reason),
      ...tooLong('message', message, NOTE),
    );
  return [...errors, ...textErrors(validateDns1123Subdomain, metadata.namespace ?? '', path('namespace'))];
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [fieldError.invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [fieldError.required('series.lastObservedTime')]),
  ];
}

const unset = (field: string, isSet: unknown): FieldError[] =>
  isSet ? [fieldError.invalid(path(field), '', 'needs to be unset')] : [];

/** ValidateEventCreate for events.k8s.io/v1, of the core form. Metadata is checked in its midst. */
export function validateStrictEvent(event: Event): FieldError[] {
  const { metadata, eventTime, type = '', firstTimestamp, lastTimestamp, count, source } = event;
  return [
    ...validateLegacyEvent(event),
    ...validateObjectMeta(metadata, true, 'dns1123Subdomain'),
    ...validateSeries(event),
    ...(eventTime ? [] : [fieldError.required(path('eventTime'))]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [fieldError.invalid(path('type'), '', `has invalid value: ${type}`)]),
    ...unset('firstTimestamp', firstTimestamp),
    ...unset('lastTimestamp', lastTimestamp),
    ...unset('count', count),
    ...unset('source', source?.component || source?.host),
  ];
}

const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const;

/** How Go shows the new value of a field. */
function shown(event: Event, field: (typeof FIXED)[number]): unknown {
  const value = event[field];
  switch (field) {
    case 'involvedObject':
      return goStruct('ObjectReference', event.involvedObject);
    case 'related':
      return event.related ? goStruct('ObjectReference', event.related) : null;
    case 'source':
      return goStruct('EventSource', event.source);
    case 'firstTimestamp':
    case 'lastTimestamp':
    case 'eventTime':
      return value ?? null;
    case 'count':
      return value ?? 0;
    default:
      return value ?? '';
  }
}

/** ValidateEventUpdate for events.k8s.io/v1: only the series and metadata change. */
export const validateStrictEventUpdate = (event: Event, old: Event): FieldError[] => [
  ...validateLegacyEvent(event),
  ...(equalJson(event.series, old.series) ? [] : validateSeries(event)),
  ...FIXED.flatMap((field) => {
    const at = path(field === 'reportingComponent' ? 'reportingController' : field);
    return equalJson(shown(event, field), shown(old, field))
      ? []
      : [fieldError.invalid(at, shown(event, field), 'field is immutable')];
  }),
];

import { CronError, type FieldError, fieldError, isTimeZone, type Path, parseCron, path } from '@windlass/meta';
import { nonNegative } from '../fields/numbers.ts';
import type { PodOptions } from '../podspec/options.ts';
import { optionsFor } from '../podspec/pod-options.ts';
import type { CronJob, CronJobSpec, JobSpec } from '../types.gen.ts';
import { validateJobSpec } from './job-spec-rules.ts';

const AT = path('spec');
const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** What is left of the 63 characters of a job's name after `-` and the time in minutes. */
const MAX_NAME = 52;
const ZONE_PART = /^[A-Za-z._0-9+-]{1,14}$/;

function cronFault(schedule: string): string | undefined {
  try {
    parseCron(schedule);
    return undefined;
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}

/** @param keepsZone the schedule had a zone in it before, when that was allowed */
function validateSchedule({ schedule, timeZone }: CronJobSpec, keepsZone: boolean, at: Path): FieldError[] {
  if (!schedule) return [fieldError.required(at)];
  const fault = cronFault(schedule);
  const errors = fault === undefined ? [] : [fieldError.invalid(at, schedule, fault)];
  if (!schedule.includes('TZ')) return errors;
  if (!keepsZone)
    errors.push(fieldError.invalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  else if (timeZone !== undefined)
    errors.push(fieldError.invalid(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  return errors;
}

function validateTimeZone(zone: string, at: Path): FieldError[] {
  if (zone === '') return [fieldError.invalid(at, zone, 'timeZone must be nil or non-empty string')];
  const unknown = [fieldError.invalid(at, zone, `unknown time zone ${zone}`)];
  if (zone.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !ZONE_PART.test(part)))
    return unknown;
  const local =
    zone.toLowerCase() === 'local'
      ? [fieldError.invalid(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
      : [];
  return isTimeZone(zone) || zone === 'Local' ? local : [...local, ...unknown];
}

function validatePolicy(policy: string | undefined, at: Path): FieldError[] {
  if (!policy) return [fieldError.required(at)];
  return POLICIES.includes(policy) ? [] : [fieldError.notSupported(at, policy, POLICIES)];
}

/** A template's selector is made when a job is made from it. */
const validateTemplate = (spec: JobSpec, at: Path, options: PodOptions): FieldError[] => [
  ...validateJobSpec(spec, at, options),
  ...(spec.selector ? [fieldError.invalid(at.child('selector'), spec.selector, '`selector` will be auto-generated')] : []),
  ...(spec.manualSelector ? [fieldError.notSupported(at.child('manualSelector'), true, ['nil', 'false'])] : []),
];

function validateSpec(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  const { timeZone } = spec;
  return [
    ...validateSchedule(spec, old?.schedule?.includes('TZ') ?? false, AT.child('schedule')),
    ...nonNegative(spec.startingDeadlineSeconds, AT.child('startingDeadlineSeconds')),
    ...(timeZone === undefined || (old && old.timeZone === timeZone) ? [] : validateTimeZone(timeZone, AT.child('timeZone'))),
    ...validatePolicy(spec.concurrencyPolicy, AT.child('concurrencyPolicy')),
    ...validateTemplate(
      spec.jobTemplate.spec!,
      AT.child('jobTemplate', 'spec'),
      optionsFor(old?.jobTemplate.spec?.template.spec),
    ),
    ...nonNegative(spec.successfulJobsHistoryLimit, AT.child('successfulJobsHistoryLimit')),
    ...nonNegative(spec.failedJobsHistoryLimit, AT.child('failedJobsHistoryLimit')),
  ];
}

/** ValidateCronJobCreate */
export const validateCronJob = ({ metadata, spec }: CronJob): FieldError[] => [
  ...validateSpec(spec),
  ...((metadata.name ?? '').length > MAX_NAME
    ? [fieldError.invalid(path('metadata', 'name'), metadata.name, `must be no more than ${MAX_NAME} characters`)]
    : []),
];

/** ValidateCronJobUpdate. Names that were allowed before stay. */
export const validateCronJobUpdate = ({ spec }: CronJob, old: CronJob): FieldError[] => validateSpec(spec, old.spec);

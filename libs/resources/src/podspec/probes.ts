import { type FieldError, fieldError, type Path } from '@windlass/meta';
import { oneOf } from '../fields/enums.ts';
import { httpHeaderNameTexts, required } from '../fields/names.ts';
import { nonNegative } from '../fields/numbers.ts';
import { portNumberOrName } from '../fields/ports.ts';
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../types.gen.ts';

type Handler = Pick<LifecycleHandler & Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep'>;

const validateHttpGet = ({ path, port, scheme, httpHeaders = [] }: HTTPGetAction, at: Path): FieldError[] => [
  ...required(path, at.child('path')),
  ...portNumberOrName(port, at.child('port')),
  ...oneOf(scheme, ['HTTP', 'HTTPS'], at.child('scheme')),
  ...httpHeaders.flatMap(({ name }) =>
    httpHeaderNameTexts(name).map((text) => fieldError.invalid(at.child('httpHeaders'), name, text)),
  ),
];

/** Each handler's rules, in Kubernetes' order. `grace` is the pod's termination grace period in seconds. */
const HANDLERS: { [K in keyof Handler]-?: (handler: NonNullable<Handler[K]>, at: Path, grace: number) => FieldError[] } = {
  exec: ({ command }, at) => required(command ?? [], at.child('command')),
  httpGet: validateHttpGet,
  tcpSocket: ({ port }, at) => portNumberOrName(port, at.child('port')),
  grpc: ({ port }, at) => portNumberOrName(port, at.child('port')),
  sleep: ({ seconds }, at, grace) =>
    seconds >= 0 && seconds <= grace
      ? []
      : [fieldError.invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)],
};
const KINDS = Object.keys(HANDLERS) as (keyof Handler)[];

function validateHandler(handler: Handler, at: Path, grace: number): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const kind of KINDS) {
    const given = handler[kind];
    if (given === undefined) continue;
    if (count++ > 0) errors.push(fieldError.forbidden(at.child(kind), 'may not specify more than 1 handler type'));
    else errors.push(...(HANDLERS[kind] as (h: unknown, p: Path, g: number) => FieldError[])(given, at.child(kind), grace));
  }
  return count === 0 ? [fieldError.required(at, 'must specify a handler type')] : errors;
}

function validateProbe(probe: Probe, at: Path, grace: number): FieldError[] {
  const seconds = probe.terminationGracePeriodSeconds;
  return [
    ...validateHandler(probe, at, grace),
    ...nonNegative(probe.initialDelaySeconds, at.child('initialDelaySeconds')),
    ...nonNegative(probe.timeoutSeconds, at.child('timeoutSeconds')),
    ...nonNegative(probe.periodSeconds, at.child('periodSeconds')),
    ...nonNegative(probe.successThreshold, at.child('successThreshold')),
    ...nonNegative(probe.failureThreshold, at.child('failureThreshold')),
    ...(seconds !== undefined && seconds <= 0
      ? [fieldError.invalid(at.child('terminationGracePeriodSeconds'), seconds, 'must be greater than 0')]
      : []),
  ];
}

function validateRestartingProbe(probe: Probe | undefined, at: Path, grace: number): FieldError[] {
  if (!probe) return [];
  const errors = validateProbe(probe, at, grace);
  if (probe.successThreshold !== 1)
    errors.push(fieldError.invalid(at.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
  return errors;
}

function validateReadinessProbe(probe: Probe | undefined, at: Path, grace: number): FieldError[] {
  if (!probe) return [];
  const errors = validateProbe(probe, at, grace);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined) {
    const here = at.child('terminationGracePeriodSeconds');
    errors.push(fieldError.invalid(here, seconds, 'must not be set for readinessProbes'));
  }
  return errors;
}

interface Probed {
  lifecycle?: Lifecycle;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

/** Lifecycle hooks and probes of a container that stays up. */
export function validateProbes(container: Probed, at: Path, grace: number): FieldError[] {
  const { lifecycle } = container;
  const hooks = at.child('lifecycle');
  return [
    ...(lifecycle?.postStart ? validateHandler(lifecycle.postStart, hooks.child('postStart'), grace) : []),
    ...(lifecycle?.preStop ? validateHandler(lifecycle.preStop, hooks.child('preStop'), grace) : []),
    ...validateRestartingProbe(container.livenessProbe, at.child('livenessProbe'), grace),
    ...validateReadinessProbe(container.readinessProbe, at.child('readinessProbe'), grace),
    ...validateRestartingProbe(container.startupProbe, at.child('startupProbe'), grace),
  ];
}

/** The same fields where none of them may be set. */
export const forbidProbes = (container: Probed, at: Path, detail: string): FieldError[] =>
  (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field) =>
    container[field] ? [fieldError.forbidden(at.child(field), detail)] : [],
  );

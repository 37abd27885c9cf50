import { type FieldError, fieldError, type Path, validatePortName, validatePortNumber } from '@windlass/meta';

/** Sorted, as the errors list them. */
export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];

export const portNumber = (port: number, at: Path): FieldError[] =>
  validatePortNumber(port).map((text) => fieldError.invalid(at, port, text));

/** ValidatePortNumOrName: a port by number or by an IANA service name. */
export const portNumberOrName = (port: number | string | undefined, at: Path): FieldError[] =>
  typeof port === 'string' ? validatePortName(port).map((text) => fieldError.invalid(at, port, text)) : portNumber(port ?? 0, at);

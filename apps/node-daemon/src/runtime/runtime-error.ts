import { CriError } from '@windlass/host';

const CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

/** An error's text as Go's gRPC client prints it, which is what events and statuses carry. */
export function runtimeErrorText(error: unknown): string {
  if (error instanceof CriError) return `rpc error: code = ${CODES[error.code] ?? 'Unknown'} desc = ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

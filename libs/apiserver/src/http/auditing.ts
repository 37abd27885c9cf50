import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { StatusError } from '@windlass/meta';
import type { AuditOutcome, AuditRecord, Decision, RequestContext } from '../seams.ts';
import { PlainAnswer } from './plain-answer.ts';

/** That of a proxy before us, or a new one. */
export function auditIdOf({ headers }: IncomingMessage): string {
  const given = headers['audit-id'];
  return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given) ? given : randomUUID();
}

export function annotateDecision(annotations: Record<string, string>, { decision, reason }: Decision): void {
  annotations['authorization.k8s.io/decision'] = decision === 'allow' ? 'allow' : 'forbid';
  annotations['authorization.k8s.io/reason'] = reason ?? '';
}

/** The kinds of credentials that a request came with, as audit events name them. */
export function attempted({ headers }: IncomingMessage): string {
  const kinds = headers.authorization ? [headers.authorization.split(' ', 1)[0]!.toLowerCase()] : [];
  return kinds.filter((kind) => kind === 'bearer' || kind === 'basic').join(',') || 'unknown';
}

const isPanic = (error: unknown): boolean => !(error instanceof StatusError) && !(error instanceof PlainAnswer);

export function outcomeOf(error: unknown, status: number): AuditOutcome {
  if (error instanceof StatusError) return { status: error.code, failure: error.status };
  if (isPanic(error)) return { status: 500, panic: (error as Error).message };
  return { status };
}

/** An answer that still runs (a watch, a log) ends with its connection. */
export function auditAnswer(context: RequestContext, audit: AuditRecord, response: ServerResponse): void {
  const { statusCode: status } = response;
  if (response.writableEnded) {
    audit.ended(context, { status });
    return;
  }
  audit.started(context, status);
  response.once('close', () => audit.ended(context, { status }));
}

export function auditUpgrade(context: RequestContext, audit: AuditRecord, socket: Duplex): void {
  audit.started(context, 101);
  if (socket.destroyed) audit.ended(context, { status: 101 });
  else socket.once('close', () => audit.ended(context, { status: 101 }));
}

import type { AuditOutcome, Auditor, AuditRecord, AuditStart, RequestContext } from '@windlass/apiserver';
import { type AnyObject, parseYaml, type Status } from '@windlass/meta';
import { type AuditEvent, microTime, referenceOf, sourceIps, withoutManagedFields } from './event.ts';
import { judge, type Policy, type Stage, type Verdict } from './policy.ts';

/** Takes a finished line of an event. */
export type EmitEvent = (event: AuditEvent) => void;

const SLOW_MS = 500;

/** Decides what is recorded of each request, and records it. */
export class Recorder implements Auditor {
  readonly #policy: Policy;
  readonly #emit: EmitEvent;

  constructor(policy: Policy, emit: EmitEvent) {
    this.#policy = policy;
    this.#emit = emit;
  }

  begin(start: AuditStart): AuditRecord | undefined {
    const verdict = judge(this.#policy, start.info, start.user);
    return verdict.level === 'None' ? undefined : new Record(start, verdict, this.#emit);
  }
}

class Record implements AuditRecord {
  readonly #start: AuditStart;
  readonly #verdict: Verdict;
  readonly #emit: EmitEvent;
  readonly #event: Omit<AuditEvent, 'stage' | 'stageTimestamp'>;
  #body = '';

  constructor(start: AuditStart, verdict: Verdict, emit: EmitEvent) {
    const { id, info, user, uri, headers, remoteAddress, receivedAt } = start;
    this.#start = start;
    this.#verdict = verdict;
    this.#emit = emit;
    const reference = referenceOf(info);
    this.#event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: verdict.level,
      auditID: id,
      requestURI: uri,
      verb: info.verb,
      user: user.username ? user : {},
      sourceIPs: sourceIps(headers, remoteAddress),
      ...(headers['user-agent'] ? { userAgent: headers['user-agent'].slice(0, 1024) } : {}),
      ...(reference ? { objectRef: reference } : {}),
      requestReceivedTimestamp: microTime(receivedAt),
    };
    this.#write('RequestReceived');
  }

  requestBody(text: string): void {
    this.#body = text;
  }

  response(object: () => object): void {
    const { level, omitManagedFields } = this.#verdict;
    const { info } = this.#start;
    if (level !== 'RequestResponse' && info.verb !== 'create') return;
    const shown = object() as AnyObject;
    this.#complete(shown);
    if (level !== 'RequestResponse') return;
    this.#event.responseObject = omitManagedFields ? withoutManagedFields(shown) : shown;
  }

  started(context: RequestContext, status: number): void {
    this.#note(context);
    this.#event.responseStatus = { metadata: {}, code: status };
    this.#write('ResponseStarted');
  }

  ended(context: RequestContext, { status, failure, panic }: AuditOutcome): void {
    this.#note(context);
    this.#bodyObject();
    const took = Date.now() - this.#start.receivedAt.getTime();
    if (took > SLOW_MS && context.info.verb !== 'watch')
      this.#event.annotations = { ...this.#event.annotations, 'apiserver.latency.k8s.io/total': `${took}ms` };
    if (panic !== undefined) {
      const message = `APIServer panic'd: ${panic}`;
      this.#event.responseStatus = { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
      this.#write('Panic');
      return;
    }
    this.#event.responseStatus = failure ? statusOf(failure) : { metadata: {}, code: status };
    if (failure && this.#verdict.level === 'RequestResponse') this.#event.responseObject = failure;
    this.#write('ResponseComplete');
  }

  refused(message: string): void {
    this.#event.responseStatus = { metadata: {}, status: 'Failure', message, reason: 'Unauthorized', code: 401 };
    this.#write('ResponseStarted');
  }

  /** What admission, authorization and impersonation have said meanwhile. */
  #note({ user, impersonator, auditAnnotations }: RequestContext): void {
    if (impersonator) this.#event.impersonatedUser = user;
    if (Object.keys(auditAnnotations).length > 0) this.#event.annotations = { ...this.#event.annotations, ...auditAnnotations };
  }

  #bodyObject(): void {
    const { level, omitManagedFields } = this.#verdict;
    const needsName = this.#start.info.verb === 'create' && !this.#event.objectRef?.name;
    if (!this.#body || (level === 'Metadata' && !needsName)) return;
    let object: unknown;
    try {
      object = this.#body.trimStart().startsWith('{') ? JSON.parse(this.#body) : parseYaml(this.#body).value;
    } catch {
      return;
    }
    if (this.#start.info.verb !== 'patch') this.#complete(object as AnyObject);
    if (level !== 'Metadata') this.#event.requestObject = omitManagedFields ? withoutManagedFields(object) : object;
  }

  /** Fills in the name of what was created. */
  #complete(object: AnyObject | undefined): void {
    const { name, namespace, uid } = object?.metadata ?? {};
    const { objectRef } = this.#event;
    if (!objectRef || this.#start.info.verb !== 'create' || object?.kind === 'Status') return;
    if (name) objectRef.name ??= name;
    if (namespace) objectRef.namespace ??= namespace;
    if (uid) objectRef.uid ??= uid;
  }

  #write(stage: Stage): void {
    if (this.#verdict.omitStages.has(stage)) return;
    this.#emit({ ...this.#event, stage, stageTimestamp: microTime(new Date()) });
  }
}

function statusOf({ status, message, reason, details, code }: Status) {
  return { metadata: {}, status, message, ...(reason ? { reason } : {}), ...(details ? { details } : {}), code };
}

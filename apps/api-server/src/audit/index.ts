import { readFileSync } from 'node:fs';
import type { Auditor } from '@windlass/apiserver';
import { counter, type Logger } from '@windlass/platform';
import type { ApiServerConfig } from '../config.ts';
import type { AuditEvent } from './event.ts';
import { LogFile } from './log-file.ts';
import { parsePolicy } from './policy.ts';
import { Recorder } from './recorder.ts';
import { webhookBatches } from './webhook-batches.ts';

const lost = counter('apiserver_audit_error_total', 'Audit events that could not be written');

export interface Audit {
  auditor?: Auditor;
  stop(): Promise<void>;
}

/** The audit log and webhook, as far as they are configured. Without a policy nothing is recorded. @throws Error for a bad policy */
export function startAudit(config: ApiServerConfig, logger: Logger): Audit {
  const { auditPolicyFile, auditLog, auditWebhook } = config;
  if (!auditPolicyFile || (!auditLog && !auditWebhook)) {
    if (auditLog || auditWebhook) logger.warn('no audit policy: nothing is recorded');
    return { stop: async () => {} };
  }
  const policy = parsePolicy(readFileSync(auditPolicyFile, 'utf8'));
  const failed = (plugin: string) => (events: number, err?: unknown) => {
    lost(events, { plugin });
    logger.error({ err, events }, `audit ${plugin}: events lost`);
  };
  const options = typeof auditLog === 'string' ? { path: auditLog } : auditLog;
  const file = options && new LogFile(options, failed('log'));
  const batches = auditWebhook && webhookBatches(auditWebhook, failed('webhook'));
  const emit = (event: AuditEvent) => {
    const line = JSON.stringify(event);
    file?.write(`${line}\n`);
    batches?.add(line);
  };
  return {
    auditor: new Recorder(policy, emit),
    stop: async () => {
      await Promise.all([file?.close(), batches?.close()]);
    },
  };
}

import type { KubeObject } from '@windlass/meta';
import { sleep } from '@windlass/platform';
import type { Client } from './client.ts';
import { isAlreadyExists, isConflict, isNotFound } from './errors.ts';
import type { ResourceClient } from './resource-client.ts';

interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}
interface LeaseObject extends KubeObject {
  spec: LeaseSpec;
}

export const LEASES = {
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  namespaced: true,
  kind: 'Lease',
} as const;

export interface LeaderElectionOptions {
  client: Client;
  namespace: string;
  name: string;
  identity: string;
  /** Others wait so long after the last renewal that they saw. Default 15,000. */
  leaseDurationMs?: number;
  /** A leader that could not renew for so long gives up. Default 10,000. */
  renewDeadlineMs?: number;
  /** Default 2,000. */
  retryPeriodMs?: number;
  signal: AbortSignal;
  /** Runs while leading; its signal aborts when the lease is lost or `signal` aborts. */
  lead: (signal: AbortSignal) => Promise<void>;
  onError?: (error: unknown) => void;
}

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Pure: the lease that `identity` may write now, or undefined while another holds it. */
export function claim(
  old: LeaseSpec | undefined,
  identity: string,
  observedAt: number,
  leaseDurationMs: number,
  now: number,
): LeaseSpec | undefined {
  const mine = old?.holderIdentity === identity;
  const duration = (old?.leaseDurationSeconds ?? 0) * 1000;
  // Another's clock is not trusted: the time since this process last saw the lease change counts.
  if (old?.holderIdentity && !mine && observedAt + duration > now) return undefined;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: leaseDurationMs / 1000,
    acquireTime: mine ? old?.acquireTime : microTime(now),
    renewTime: microTime(now),
    leaseTransitions: (old?.leaseTransitions ?? 0) + (mine || !old ? 0 : 1),
  };
}

/**
 * Competes for a Lease until `signal` aborts, as client-go's leaderelection: leads, and after a loss competes again.
 * On a clean stop the lease is released, so that another takes over at once.
 */
export async function electLeader(options: LeaderElectionOptions): Promise<void> {
  const { client, namespace, name, identity, signal, lead, onError } = options;
  const leaseDurationMs = options.leaseDurationMs ?? 15_000;
  const renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
  const retryPeriodMs = options.retryPeriodMs ?? 2_000;
  const leases = client.resource<LeaseObject>(LEASES);
  let seen: { text: string; at: number } = { text: '', at: 0 };

  /** @returns whether the lease is ours after the attempt */
  const tryHold = async (timeoutMs: number): Promise<boolean> => {
    try {
      const current = await leases.get({ namespace, name }, { timeoutMs }).catch((error) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      const now = Date.now();
      const text = JSON.stringify(current?.spec);
      if (text !== seen.text) seen = { text, at: now };
      const spec = claim(current?.spec, identity, seen.at, leaseDurationMs, now);
      if (!spec) return false;
      const written = current
        ? await leases.update({ ...current, spec: { ...current.spec, ...spec } }, { timeoutMs })
        : await leases.create({ metadata: { namespace, name }, spec }, { timeoutMs });
      seen = { text: JSON.stringify(written.spec), at: now };
      return true;
    } catch (error) {
      if (!isConflict(error) && !isAlreadyExists(error)) onError?.(error);
      return false;
    }
  };

  while (!signal.aborted) {
    if (!(await tryHold(renewDeadlineMs))) {
      await sleep(retryPeriodMs * (1 + 0.2 * Math.random()), signal);
      continue;
    }
    const term = new AbortController();
    const leading = lead(AbortSignal.any([signal, term.signal])).catch((error) => onError?.(error));
    let renewed = Date.now();
    while (!signal.aborted && Date.now() - renewed < renewDeadlineMs) {
      await sleep(retryPeriodMs, signal);
      if (signal.aborted) break;
      if (await tryHold(Math.max(1000, renewDeadlineMs - (Date.now() - renewed)))) renewed = Date.now();
      else if (seenHolder(seen.text) !== identity) break;
    }
    term.abort(new Error('leader election lost'));
    await leading;
    if (signal.aborted) await release(leases, namespace, name, identity).catch((error) => onError?.(error));
  }
}

const seenHolder = (text: string): string | undefined => (text ? (JSON.parse(text) as LeaseSpec).holderIdentity : undefined);

async function release(leases: ResourceClient<LeaseObject>, namespace: string, name: string, identity: string): Promise<void> {
  const current = await leases.get({ namespace, name }, { timeoutMs: 2000 });
  if (current.spec.holderIdentity !== identity) return;
  const now = microTime(Date.now());
  const spec = { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
  await leases.update({ ...current, spec }, { timeoutMs: 2000 });
}

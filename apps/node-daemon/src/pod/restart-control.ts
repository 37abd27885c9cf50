import type { Pod } from '@windlass/resources';
import type { Waiting } from '../status/container-status.ts';
import { Backoff, goDuration } from './backoff.ts';
import { formatPod } from './names.ts';
import { nanosToMs, type ObservedContainer } from './observed.ts';
import type { StartAction } from './sync-actions.ts';

const CRASH_BACKOFF = { initialMs: 10_000, maxMs: 300_000 };
/** How soon a start that failed without a container is tried again. */
const RETRY_MS = 10_000;

export type Verdict = 'now' | { waiting: Waiting; retryAt: number /** Tell of it. */; backoff?: boolean };

/** When the containers of one pod may be started (again). Times in ms by the steady clock; now is an argument. */
export class RestartControl {
  readonly #backoff = new Backoff(CRASH_BACKOFF);
  readonly #failed = new Map<string, { waiting: Waiting; retryAt: number }>();
  /** When the last instance of a container ended. */
  readonly #ended = new Map<string, { id: string; at: number }>();
  readonly #excused = new Set<string>();
  readonly #toldAt = new Map<string, number>();

  /** The runtime tells it by the wall clock, which may be set meanwhile: it is taken over once. */
  #endOf(name: string, { id, finishedAt }: ObservedContainer, now: number): number {
    const known = this.#ended.get(name);
    if (known?.id === id) return known.at;
    const at = now - Math.max(0, Date.now() - nanosToMs(finishedAt));
    this.#ended.set(name, { id, at });
    return at;
  }

  verdict(pod: Pod, { container, previous }: StartAction, now: number): Verdict {
    const failed = this.#failed.get(container.name);
    if (failed && failed.retryAt > now) return failed;
    if (!previous || this.#excused.has(container.name)) return 'now';
    const since = this.#endOf(container.name, previous, now);
    const retryAt = this.#backoff.waitUntil(container.name, since, now);
    if (retryAt === 0) return 'now';
    const delay = goDuration(this.#backoff.delayMs(container.name));
    const message = `back-off ${delay} restarting failed container=${container.name} pod=${formatPod(pod)}`;
    const backoff = now - (this.#toldAt.get(container.name) ?? 0) > RETRY_MS;
    if (backoff) this.#toldAt.set(container.name, now);
    return { waiting: { reason: 'CrashLoopBackOff', message }, retryAt, backoff };
  }

  /** The next start is no failure's: it does not wait. */
  excuse(name: string): void {
    this.#excused.add(name);
  }

  starting({ container, previous }: StartAction, now: number): void {
    this.#failed.delete(container.name);
    if (this.#excused.delete(container.name)) return;
    if (previous) this.#backoff.next(container.name, this.#endOf(container.name, previous, now), now);
  }

  /** @returns when to try again */
  failed(name: string, waiting: Waiting, now: number, retryAt = now + RETRY_MS): number {
    this.#failed.set(name, { waiting, retryAt });
    return retryAt;
  }

  /** Something that starts depend on has changed: no need to wait. */
  retry(): void {
    this.#failed.clear();
  }
}

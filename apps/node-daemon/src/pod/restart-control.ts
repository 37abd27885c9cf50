import type { Pod } from '@windlass/resources';
import type { Waiting } from '../status/container-status.ts';
import { Backoff, goDuration } from './backoff.ts';
import { formatPod } from './names.ts';
import { nanosToMs } from './observed.ts';
import type { StartAction } from './sync-actions.ts';

const CRASH_BACKOFF = { initialMs: 10_000, maxMs: 300_000 };
/** How soon a start that failed without a container is tried again. */
const RETRY_MS = 10_000;

export type Verdict = 'now' | { waiting: Waiting; retryAt: number /** Tell of it. */; backoff?: boolean };

/** When the containers of one pod may be started (again). Times in ms, now is an argument. */
export class RestartControl {
  readonly #backoff = new Backoff(CRASH_BACKOFF);
  readonly #failed = new Map<string, { waiting: Waiting; retryAt: number }>();
  readonly #excused = new Set<string>();
  readonly #toldAt = new Map<string, number>();

  verdict(pod: Pod, { container, previous }: StartAction, now: number): Verdict {
    const failed = this.#failed.get(container.name);
    if (failed && failed.retryAt > now) return failed;
    if (!previous || this.#excused.has(container.name)) return 'now';
    const since = nanosToMs(previous.finishedAt);
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
    if (previous) this.#backoff.next(container.name, nanosToMs(previous.finishedAt), now);
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

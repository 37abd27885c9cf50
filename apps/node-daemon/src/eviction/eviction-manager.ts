import { parseDuration } from '@windlass/meta';
import { counter, type Logger, sleep, steadyNow } from '@windlass/platform';
import type { Pod, PodCondition } from '@windlass/resources';
import type { KubeletSettings } from '../kubelet-settings.ts';
import { qosClass } from '../pod/resources.ts';
import { hasStorageLimits, storageViolation } from './local-storage.ts';
import type { Measure } from './measure.ts';
import { conditionMessage, EVICTED, evictionMessage } from './messages.ts';
import { PressureState } from './pressure.ts';
import { isCritical, ranked } from './rank.ts';
import { FACTS, type Observations, type PressureType, parseThresholds, type Threshold } from './thresholds.ts';

/** The end of a pod that the node decides on. */
export interface Eviction {
  reason: string;
  message: string;
  /** Seconds. */
  grace: number;
  condition?: Omit<PodCondition, 'lastTransitionTime'>;
  /** No event tells of it. */
  isSilent?: boolean;
}

export interface EvictionParts {
  settings: KubeletSettings;
  measure: Measure;
  logger: Logger;
  /** Pods that use resources of the node, as granted. */
  pods(): Pod[];
  /** Resolves when nothing of it runs any more. */
  evict(pod: Pod, eviction: Eviction): Promise<void>;
  /** Frees disk that no pod needs: records of ended containers, unused images. */
  reclaimDisk(): Promise<void>;
  nodeEvent(reason: string, message: string): void;
  /** The conditions are others than before. */
  changed(): void;
}

const IMMEDIATE_SECONDS = 1;
const CLEANUP_MS = 30_000;
const MEMORY_TAINT = 'node.kubernetes.io/memory-pressure';
const evictions = counter('kubelet_evictions', 'Pods evicted by the node, by signal');

/** Keeps the node alive when memory, disk or process ids run short: reports it, refuses pods, frees what nobody needs, and ends pods (pkg/kubelet/eviction). */
export class EvictionManager {
  readonly #parts: EvictionParts;
  readonly #state: PressureState;
  readonly #periodMs: number;
  readonly #softGrace: number;
  readonly #abort = new AbortController();
  #conditions: PressureType[] = [];
  #loop: Promise<void> | undefined;

  /** @throws Error naming the setting that is wrong */
  constructor(parts: EvictionParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#state = new PressureState(
      parseThresholds(settings),
      parseDuration(settings.evictionPressureTransitionPeriod ?? '5m0s'),
    );
    this.#periodMs = parseDuration(settings.evictionMonitoringPeriod ?? '10s');
    this.#softGrace = settings.evictionMaxPodGracePeriod ?? 0;
  }

  get conditions(): readonly PressureType[] {
    return this.#conditions;
  }

  /** Why the node takes no such pod now; undefined: it does. */
  refusal(pod: Pod): string | undefined {
    if (this.#conditions.length === 0 || isCritical(pod)) return undefined;
    if (this.#conditions.length === 1 && this.#conditions[0] === 'MemoryPressure') {
      const tolerates = pod.spec.tolerations?.some(
        ({ key, operator, effect }) =>
          (!effect || effect === 'NoSchedule') && (key === MEMORY_TAINT || (!key && operator === 'Exists')),
      );
      if (tolerates || qosClass(pod) !== 'BestEffort') return undefined;
    }
    return conditionMessage(this.#conditions);
  }

  start(): void {
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const evicted = await this.#look().catch((err) => {
        this.#parts.logger.warn({ err }, 'pressure is not known');
        return false;
      });
      // What was freed is looked at at once.
      if (!evicted) await sleep(this.#periodMs, this.#abort.signal);
    }
  }

  /** @returns whether a pod was ended */
  async #look(): Promise<boolean> {
    const seen = await this.#parts.measure.observe();
    const { conditions, driving } = this.#state.observe(seen, steadyNow());
    const changed = conditions.join() !== this.#conditions.join();
    this.#conditions = conditions;
    if (changed) this.#parts.changed();
    if (await this.#endHoarders()) return true;
    return driving[0] ? this.#relieve(driving[0], seen) : false;
  }

  /** Ends pods that keep more on disk than they may. */
  async #endHoarders(): Promise<boolean> {
    const { measure } = this.#parts;
    const pods = this.#parts.pods().filter(hasStorageLimits);
    if (pods.length === 0) return false;
    const layers = await measure.layers();
    const ends: Promise<boolean>[] = [];
    for (const pod of pods) {
      const message = storageViolation(pod, await measure.disk(pod, layers));
      if (message) ends.push(this.#evict(pod, { reason: EVICTED, message, grace: IMMEDIATE_SECONDS }, 'ephemeral-storage'));
    }
    return (await Promise.all(ends)).includes(true);
  }

  async #relieve(threshold: Threshold, seen: Observations): Promise<boolean> {
    const { measure, nodeEvent, logger } = this.#parts;
    const { resource, condition } = FACTS[threshold.signal];
    nodeEvent('EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    if (condition === 'DiskPressure') {
      await this.#parts.reclaimDisk().catch((err) => logger.warn({ err }, 'disk is not freed'));
      if (this.#state.isRelieved(await measure.observe())) return false;
    }
    const layers = await measure.layers().catch(() => new Map());
    const pods = await Promise.all(this.#parts.pods().map(async (pod) => ({ pod, usage: await measure.usage(pod, layers) })));
    for (const { pod, usage } of ranked(pods, threshold.signal)) {
      const message = evictionMessage(threshold, seen, pod, usage);
      const eviction: Eviction = {
        reason: EVICTED,
        message,
        grace: threshold.isHard ? IMMEDIATE_SECONDS : this.#softGrace,
        condition: { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message },
      };
      if (await this.#evict(pod, eviction, threshold.signal)) return true;
    }
    return false;
  }

  async #evict(pod: Pod, eviction: Eviction, signal: string): Promise<boolean> {
    if (isCritical(pod)) return false;
    const { name, namespace } = pod.metadata;
    this.#parts.logger.info({ pod: name, namespace, signal, message: eviction.message }, 'evicting a pod');
    evictions(1, { eviction_signal: signal });
    await Promise.race([this.#parts.evict(pod, eviction), sleep(CLEANUP_MS + eviction.grace * 1000, this.#abort.signal)]);
    return true;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }
}

import type { CriClient } from '@windlass/host';
import { sleep, steadyNow } from '@windlass/platform';
import type { Container, Pod, Probe } from '@windlass/resources';
import { isRunning, nanosToMs, newestOf, type ObservedPod } from '../pod/observed.ts';
import { containersOf, type SpecContainer } from '../pod/spec.ts';
import type { ProbeView } from '../pod/sync-actions.ts';
import { initialState, nextState, type ProbeState, type ProbeType } from './probe-state.ts';
import { runProbe } from './run-probe.ts';

const TYPES: readonly ProbeType[] = ['startup', 'liveness', 'readiness'];
const probeOf = (container: Container, type: ProbeType): Probe | undefined => container[`${type}Probe`];
const title = (type: ProbeType): string => type[0]!.toUpperCase() + type.slice(1);

interface Tracked {
  podUid: string;
  /** Empty until the sandbox's address is known. */
  podIp: string;
  abort: AbortController;
  states: Partial<Record<ProbeType, ProbeState>>;
  types: Set<ProbeType>;
  /** Stops liveness and startup probes (the pod ends). */
  ending: AbortController;
}

export interface ProbeEvents {
  /** A result that counts has changed. */
  changed(podUid: string): void;
  unhealthy(pod: Pod, container: SpecContainer, reason: string, message: string): void;
}

/** Probes the running containers of the node's pods, each instance from its start to its end. */
export class Prober implements ProbeView {
  readonly #cri: CriClient;
  readonly #events: ProbeEvents;
  readonly #tracked = new Map<string, Tracked>();
  constructor(cri: CriClient, events: ProbeEvents) {
    this.#cri = cri;
    this.#events = events;
  }

  started(id: string): boolean {
    const startup = this.#tracked.get(id)?.states.startup;
    return !startup || startup.result === 'success';
  }
  ready(id: string): boolean {
    const tracked = this.#tracked.get(id);
    if (!tracked || !this.started(id)) return false;
    return !tracked.states.readiness || tracked.states.readiness.result === 'success';
  }
  unhealthy(id: string): 'liveness' | 'startup' | undefined {
    const states = this.#tracked.get(id)?.states;
    if (states?.startup?.result === 'failure') return 'startup';
    return states?.liveness?.result === 'failure' ? 'liveness' : undefined;
  }

  /** Follows what runs. When the pod `ends`, only readiness is asked for. */
  sync(pod: Pod, observed: ObservedPod, podIp: string, ends: boolean): void {
    const uid = pod.metadata.uid!;
    const running = new Set<string>();
    for (const each of containersOf(pod)) {
      const newest = newestOf(observed, each.container.name);
      if (!isRunning(newest)) continue;
      running.add(newest!.id);
      const tracked = this.#tracked.get(newest!.id) ?? this.#track(pod, each, newest!.id, nanosToMs(newest!.startedAt));
      tracked.podIp = podIp || tracked.podIp;
      if (ends) tracked.ending.abort();
    }
    for (const [id, { podUid, abort }] of this.#tracked)
      if (podUid === uid && !running.has(id)) {
        abort.abort();
        this.#tracked.delete(id);
      }
  }

  #track(pod: Pod, each: SpecContainer, id: string, startedAt: number): Tracked {
    const types = TYPES.filter((type) => each.kind !== 'init' && probeOf(each.container, type));
    const tracked: Tracked = {
      podUid: pod.metadata.uid!,
      podIp: '',
      abort: new AbortController(),
      ending: new AbortController(),
      types: new Set(types),
      states: Object.fromEntries(types.map((type) => [type, initialState(type)])),
    };
    this.#adopt(tracked, pod, each, id);
    this.#tracked.set(id, tracked);
    for (const type of types) void this.#loop(tracked, pod, each, type, id, startedAt);
    return tracked;
  }

  /** A daemon that restarts must not call a ready container unready before it has asked. */
  #adopt({ states }: Tracked, { status }: Pod, { container }: SpecContainer, id: string): void {
    const known = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
      ({ name, containerID }) => name === container.name && containerID === `containerd://${id}`,
    );
    if (states.startup && known?.started) states.startup = { result: 'success', run: 0 };
    if (states.readiness && known?.ready) states.readiness = { result: 'success', run: 0 };
  }

  async #loop(tracked: Tracked, pod: Pod, each: SpecContainer, type: ProbeType, id: string, startedAt: number): Promise<void> {
    const probe = probeOf(each.container, type)!;
    const signal = type === 'readiness' ? tracked.abort.signal : AbortSignal.any([tracked.abort.signal, tracked.ending.signal]);
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    // A clock that was set back meanwhile does not make it longer.
    const delayMs = (probe.initialDelaySeconds ?? 0) * 1000;
    await sleep(Math.min(delayMs, Math.max(0, startedAt + delayMs - Date.now())), signal);
    while (!signal.aborted) {
      const begun = steadyNow();
      if ((type === 'startup' || this.started(id)) && (tracked.podIp || probe.exec)) {
        const done = await this.#ask(tracked, pod, each, type, probe, id, signal);
        if (done) return;
      } else {
        await sleep(50, signal);
        continue;
      }
      await sleep(Math.max(0, begun + periodMs - steadyNow()), signal);
    }
  }

  /** @returns whether this probe has nothing more to tell of this instance */
  async #ask(
    tracked: Tracked,
    pod: Pod,
    each: SpecContainer,
    type: ProbeType,
    probe: Probe,
    id: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const answer = await runProbe(probe, each.container, id, tracked.podIp, this.#cri);
    if (signal.aborted) return true;
    const name = title(type);
    if (answer.result === 'failure') this.#events.unhealthy(pod, each, 'Unhealthy', `${name} probe failed: ${answer.output}`);
    else if (answer.result === 'unknown')
      this.#events.unhealthy(pod, each, 'Unhealthy', `${name} probe errored and resulted in unknown state: ${answer.output}`);
    else if (answer.warning) this.#events.unhealthy(pod, each, 'ProbeWarning', `${name} probe warning: ${answer.output}`);
    const before = tracked.states[type]!;
    const after = nextState(before, answer.result, probe);
    tracked.states[type] = after;
    if (after.result !== before.result) this.#events.changed(tracked.podUid);
    if (type === 'startup') return after.result !== 'unknown';
    return type === 'liveness' && after.result === 'failure';
  }

  stop(): void {
    for (const { abort } of this.#tracked.values()) abort.abort();
    this.#tracked.clear();
  }
}

import type { Probe } from '@windlass/resources';
import type { ProbeAnswer } from './run-probe.ts';

export type ProbeType = 'liveness' | 'readiness' | 'startup';

/** Where a probe stands; pure. `result` is what counts, after the thresholds. */
export interface ProbeState {
  result: 'success' | 'failure' | 'unknown';
  last?: ProbeAnswer['result'];
  /** How many times in a row `last` was seen. */
  run: number;
}

/** Before the first answer: not ready, alive, not known to have started. */
export const initialState = (type: ProbeType): ProbeState => ({
  result: type === 'readiness' ? 'failure' : type === 'liveness' ? 'success' : 'unknown',
  run: 0,
});

/** An answer counts when it came often enough in a row; an answer that could not be had counts for nothing. */
export function nextState(state: ProbeState, answer: ProbeAnswer['result'], probe: Probe): ProbeState {
  if (answer === 'unknown') return state;
  const run = state.last === answer ? state.run + 1 : 1;
  const needed = answer === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { last: answer, run, result: run >= needed ? answer : state.result };
}

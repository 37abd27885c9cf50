import { parseDuration, quantityValue } from '@windlass/meta';
import type { KubeletSettings } from '../kubelet-settings.ts';

export const SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const;
export type Signal = (typeof SIGNALS)[number];

export type PressureType = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

interface SignalFacts {
  condition: PressureType;
  /** As events and messages name it. */
  resource: 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';
}

const DISK = { condition: 'DiskPressure', resource: 'ephemeral-storage' } as const;
const INODES = { condition: 'DiskPressure', resource: 'inodes' } as const;
export const FACTS: Readonly<Record<Signal, SignalFacts>> = {
  'memory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': DISK,
  'nodefs.inodesFree': INODES,
  'imagefs.available': DISK,
  'imagefs.inodesFree': INODES,
  'pid.available': { condition: 'PIDPressure', resource: 'pids' },
};

/** The kubelet's DefaultEvictionHard for Linux. */
export const DEFAULT_HARD: Readonly<Record<string, string>> = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
};

/** A number, or a share of what there is. */
export type Amount = { number: number; text: string } | { share: number };

export interface Threshold {
  signal: Signal;
  value: Amount;
  isHard: boolean;
  /** Milliseconds for which it must hold before pods are evicted. */
  graceMs: number;
  /** How much more than the threshold has to become free. */
  minReclaim?: Amount;
}

/** What there is of each signal's resource, and how much of it is free. */
export type Observations = Partial<Record<Signal, { available: number; capacity: number }>>;

function amount(field: string, signal: string, text: string): Amount {
  if (text.endsWith('%')) {
    const percent = Number(text.slice(0, -1));
    if (!(percent >= 0 && percent <= 100)) throw new Error(`${field}: invalid value for ${signal}: ${JSON.stringify(text)}`);
    return { share: percent / 100 };
  }
  try {
    return { number: quantityValue(text), text };
  } catch (error) {
    throw new Error(`${field}: invalid value for ${signal}: ${JSON.stringify(text)}`, { cause: error });
  }
}

function entries(field: string, values: Record<string, string> | undefined): [Signal, string][] {
  for (const name of Object.keys(values ?? {}))
    if (!SIGNALS.includes(name as Signal)) throw new Error(`${field}: unknown eviction signal ${JSON.stringify(name)}`);
  return Object.entries(values ?? {}) as [Signal, string][];
}

/** Zero or the whole turns a threshold off, as in the kubelet. */
const isOff = (text: string): boolean => text === '0%' || text === '100%';

/** @throws Error naming the field and the signal that is wrong */
export function parseThresholds(settings: KubeletSettings): Threshold[] {
  const reclaim = new Map(entries('evictionMinimumReclaim', settings.evictionMinimumReclaim));
  const minReclaim = (signal: Signal) => {
    const text = reclaim.get(signal);
    return text === undefined ? undefined : amount('evictionMinimumReclaim', signal, text);
  };
  const hard = entries('evictionHard', settings.evictionHard ?? DEFAULT_HARD)
    .filter(([, text]) => !isOff(text))
    .map(([signal, text]): Threshold => {
      const value = amount('evictionHard', signal, text);
      return { signal, value, isHard: true, graceMs: 0, minReclaim: minReclaim(signal) };
    });
  const soft = entries('evictionSoft', settings.evictionSoft)
    .filter(([, text]) => !isOff(text))
    .map(([signal, text]): Threshold => {
      const grace = settings.evictionSoftGracePeriod?.[signal];
      if (grace === undefined) throw new Error(`evictionSoftGracePeriod: a grace period is required for ${signal}`);
      const value = amount('evictionSoft', signal, text);
      return { signal, value, isHard: false, graceMs: parseDuration(grace), minReclaim: minReclaim(signal) };
    });
  return [...hard, ...soft];
}

export const amountOf = (value: Amount, capacity: number): number =>
  'share' in value ? Math.floor(value.share * capacity) : value.number;

/** Those of which less is free than they say; with `reclaim` also those that became free by too little. */
export const thresholdsMet = (thresholds: readonly Threshold[], seen: Observations, reclaim: boolean): Threshold[] =>
  thresholds.filter(({ signal, value, minReclaim }) => {
    const observed = seen[signal];
    if (!observed) return false;
    const extra = reclaim && minReclaim ? amountOf(minReclaim, observed.capacity) : 0;
    return observed.available < amountOf(value, observed.capacity) + extra;
  });

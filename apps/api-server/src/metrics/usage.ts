import { Quantity } from '@windlass/meta';
import type { Point } from './parse.ts';

/** Use over a window that ended at `at`. */
export interface Usage {
  at: number;
  windowMs: number;
  usage: { cpu: string; memory: string };
}

/** A container younger than this is not measured from its start: start-up work is no load. */
const FRESH_MS = 10_000;

/**
 * Use between two measurements. Without an earlier one, or when the container was started anew in between, it is measured from the start.
 * Undefined while there is nothing to compare with. (metrics-server pkg/storage)
 */
export function usageBetween(before: Point | undefined, last: Point): Usage | undefined {
  const restarted = before && ((last.startedAt ?? 0) > before.at || last.cpuSeconds < before.cpuSeconds);
  const from = before && !restarted ? before : sinceStart(last);
  if (!from || last.at <= from.at) return undefined;
  const windowMs = last.at - from.at;
  const nanoCores = Math.round(((last.cpuSeconds - from.cpuSeconds) * 1e12) / windowMs);
  const cpu = new Quantity(BigInt(nanoCores)).toString();
  return { at: last.at, windowMs, usage: { cpu, memory: memoryText(last.memoryBytes) } };
}

const sinceStart = ({ startedAt, at }: Point): Point | undefined =>
  startedAt !== undefined && at - startedAt >= FRESH_MS ? { at: startedAt, cpuSeconds: 0, memoryBytes: 0 } : undefined;

const memoryText = (bytes: number): string => Quantity.of(Math.round(bytes), 'BinarySI').toString();

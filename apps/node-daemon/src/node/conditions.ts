import { formatTime } from '@windlass/meta';
import type { NodeCondition } from '@windlass/resources';
import type { Pressure } from './machine.ts';

/** The kubelet's default hard eviction thresholds. */
const MIN_MEMORY_BYTES = 100 * 1024 ** 2;
const MIN_DISK_SHARE = 0.1;
const MIN_INODE_SHARE = 0.05;
const MIN_PID_SHARE = 0.05;

type Verdict = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

const pressure = (type: string, has: boolean, bad: string, good: string, what: string): Verdict => ({
  type,
  status: has ? 'True' : 'False',
  reason: has ? bad : good,
  message: has ? `kubelet has ${what}`.replace('sufficient', 'insufficient') : `kubelet has ${what}`,
});

/** @param unready why pods cannot run here now; empty: they can */
export function nodeVerdicts(p: Pressure, unready: readonly string[]): Verdict[] {
  const disk =
    p.diskAvailable < p.diskTotal * MIN_DISK_SHARE || (p.inodesTotal > 0 && p.inodesFree < p.inodesTotal * MIN_INODE_SHARE);
  const memory = p.availableMemoryBytes < MIN_MEMORY_BYTES;
  const pids = Number.isFinite(p.maxPids) && p.maxPids - p.pids < p.maxPids * MIN_PID_SHARE;
  return [
    pressure(
      'MemoryPressure',
      memory,
      'KubeletHasInsufficientMemory',
      'KubeletHasSufficientMemory',
      'sufficient memory available',
    ),
    disk
      ? { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' }
      : pressure('DiskPressure', false, '', 'KubeletHasNoDiskPressure', 'no disk pressure'),
    pressure('PIDPressure', pids, 'KubeletHasInsufficientPID', 'KubeletHasSufficientPID', 'sufficient PID available'),
    unready.length > 0
      ? { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: unready.join(', ') }
      : { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];
}

/** The conditions with heartbeat and transition times; transition times move with the status only. */
export function nodeConditions(verdicts: readonly Verdict[], old: readonly NodeCondition[], now: Date): NodeCondition[] {
  return verdicts.map((verdict) => {
    const before = old.find(({ type }) => type === verdict.type);
    return {
      ...verdict,
      lastHeartbeatTime: formatTime(now),
      lastTransitionTime: before?.status === verdict.status ? (before.lastTransitionTime ?? formatTime(now)) : formatTime(now),
    };
  });
}

/** Event reason for a condition that turned, as the kubelet names them. */
export function turnedReason({ type, status }: Verdict): string | undefined {
  const yes = status === 'True';
  switch (type) {
    case 'Ready':
      return yes ? 'NodeReady' : 'NodeNotReady';
    case 'MemoryPressure':
      return yes ? 'NodeHasInsufficientMemory' : 'NodeHasSufficientMemory';
    case 'DiskPressure':
      return yes ? 'NodeHasDiskPressure' : 'NodeHasNoDiskPressure';
    case 'PIDPressure':
      return yes ? 'NodeHasInsufficientPID' : 'NodeHasSufficientPID';
    default:
      return undefined;
  }
}

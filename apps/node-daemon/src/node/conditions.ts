import { formatTime } from '@windlass/meta';
import type { NodeCondition } from '@windlass/resources';

type Verdict = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

const pressure = (type: string, has: boolean, bad: string, good: string, what: string): Verdict => ({
  type,
  status: has ? 'True' : 'False',
  reason: has ? bad : good,
  message: has ? `kubelet has ${what}`.replace('sufficient', 'insufficient') : `kubelet has ${what}`,
});

/** @param pressures what is short @param unready why pods cannot run here now; empty: they can */
export function nodeVerdicts(pressures: readonly string[], unready: readonly string[]): Verdict[] {
  const has = (type: string) => pressures.includes(type);
  return [
    pressure(
      'MemoryPressure',
      has('MemoryPressure'),
      'KubeletHasInsufficientMemory',
      'KubeletHasSufficientMemory',
      'sufficient memory available',
    ),
    has('DiskPressure')
      ? { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' }
      : pressure('DiskPressure', false, '', 'KubeletHasNoDiskPressure', 'no disk pressure'),
    pressure(
      'PIDPressure',
      has('PIDPressure'),
      'KubeletHasInsufficientPID',
      'KubeletHasSufficientPID',
      'sufficient PID available',
    ),
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

/** A line of a CRI log file: `<RFC3339Nano> <stdout|stderr> <P|F> <content>` (kubernetes design-proposals, kubelet-cri-logging). */
export interface CriLine {
  time: string;
  stream: 'stdout' | 'stderr';
  partial: boolean;
  message: string;
}

/** @returns undefined for bytes that are no CRI line (a torn write after a crash) */
export function parseCriLine(line: string): CriLine | undefined {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const third = line.indexOf(' ', second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  const stream = line.slice(first + 1, second);
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return { time: line.slice(0, first), stream, partial: line.charCodeAt(second + 1) === 80, message: line.slice(third + 1) };
}

import { readFile } from 'node:fs/promises';
import { run } from '../process/index.ts';

/** Mounts a tmpfs; `sizeBytes` absent: half of memory. */
export const mountTmpfs = (target: string, sizeBytes?: number, mode = 0o777): Promise<unknown> =>
  run('mount', ['-t', 'tmpfs', '-o', `mode=${mode.toString(8)}${sizeBytes ? `,size=${sizeBytes}` : ''}`, 'tmpfs', target]);

export const bindMount = async (source: string, target: string, readOnly = false): Promise<void> => {
  await run('mount', ['--bind', source, target]);
  if (readOnly) await run('mount', ['-o', 'remount,bind,ro', target]);
};

const unescapeOctal = (text: string): string =>
  text.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Mount points at or below `directory`, deepest first. */
export async function mountPointsBelow(directory: string): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  const points = text.split('\n').flatMap((line) => (line ? [unescapeOctal(line.split(' ')[4] ?? '')] : []));
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).sort((a, b) => b.length - a.length);
}

/** Unmounts everything at or below `directory`, lazily where it is busy. @throws Error when something stays mounted: nothing below may be removed then */
export async function unmountBelow(directory: string): Promise<void> {
  for (const point of await mountPointsBelow(directory)) {
    const { code } = await run('umount', [point], { okCodes: 'any' });
    if (code !== 0) await run('umount', ['-l', point], { okCodes: 'any' });
  }
  const left = await mountPointsBelow(directory);
  if (left.length > 0) throw new Error(`still mounted: ${left.join(', ')}`);
}

import { open } from 'node:fs/promises';
import { parseCriLine } from '../logs/cri-line.ts';

const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_BYTES = 2048;
const MAX_LOG_LINES = 80;

async function readPart(file: string, bytes: number, fromEnd: boolean): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const at = fromEnd ? Math.max(0, size - bytes) : 0;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(bytes, size)), 0, Math.min(bytes, size), at);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * What a container left behind: its message file (at most 4 KiB), else, when `logPath` is given, the end of its log (at most 2 KiB, 80
 * lines); the kubelet's limits.
 */
export async function readTerminationMessage(file: string | undefined, logPath: string | undefined): Promise<string> {
  const text = file ? await readPart(file, MAX_MESSAGE_BYTES, false) : '';
  if (text || !logPath) return text;
  const tail = await readPart(logPath, 4 * MAX_LOG_BYTES, true);
  const lines = tail
    .split('\n')
    .flatMap((line) => parseCriLine(line) ?? [])
    .map(({ message, partial }) => (partial ? message : `${message}\n`))
    .slice(-MAX_LOG_LINES);
  return Buffer.from(lines.join('')).subarray(-MAX_LOG_BYTES).toString('utf8');
}

import { open } from 'node:fs/promises';
import { type CriLine, parseCriLine } from './cri-line.ts';

export interface Lines {
  lines: CriLine[];
  /** Offset after the last whole line that was read, in bytes. */
  end: number;
}

const CHUNK = 256 * 1024;

/** Reads whole lines from `offset`, at most about 256 KiB; a line without its newline yet stays for the next time. */
export async function readLines(file: string, offset: number): Promise<Lines> {
  const handle = await open(file, 'r');
  try {
    let buffer = Buffer.allocUnsafe(CHUNK);
    let { bytesRead } = await handle.read(buffer, 0, CHUNK, offset);
    let last = buffer.lastIndexOf(10, bytesRead - 1);
    // One line longer than the chunk: take as much as it needs.
    while (last < 0 && bytesRead === buffer.length) {
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      bytesRead += (await handle.read(buffer, bytesRead, buffer.length - bytesRead, offset + bytesRead)).bytesRead;
      last = bytesRead > 0 ? buffer.lastIndexOf(10, bytesRead - 1) : -1;
    }
    if (bytesRead === 0 || last < 0) return { lines: [], end: offset };
    const lines = buffer.toString('utf8', 0, last).split('\n');
    return { lines: lines.map(parseCriLine).filter((line) => line !== undefined), end: offset + last + 1 };
  } finally {
    await handle.close();
  }
}

import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '@windlass/meta';
import { NetworkError, StatusError } from './errors.ts';

export interface WatchEvent<T extends KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/**
 * Newline-delimited watch events of an open answer, in batches as they arrive. Ends when the server ends the stream.
 * @throws StatusError for an ERROR event (410 when the revision is gone); NetworkError when nothing came for `stallMs`
 */
export async function* readWatch<T extends KubeObject>(
  response: IncomingMessage,
  stallMs: number,
): AsyncGenerator<WatchEvent<T>[]> {
  let stalled = false;
  const stall = setTimeout(() => {
    stalled = true;
    response.destroy();
  }, stallMs);
  let rest: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      stall.refresh();
      const events: WatchEvent<T>[] = [];
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        rest.push(chunk.subarray(start, end));
        const line = (rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest)).toString('utf8');
        rest = [];
        start = end + 1;
        if (line.trim() === '') continue;
        const event = JSON.parse(line) as { type: string; object: unknown };
        if (event.type === 'ERROR') {
          if (events.length > 0) yield events;
          throw new StatusError(event.object as StatusError['status']);
        }
        events.push(event as WatchEvent<T>);
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
      if (events.length > 0) yield events;
    }
  } catch (error) {
    if (stalled) throw new NetworkError(`watch: nothing received for ${stallMs} ms`, 'ETIMEDOUT', error);
    throw error;
  } finally {
    clearTimeout(stall);
    response.destroy();
  }
  if (stalled) throw new NetworkError(`watch: nothing received for ${stallMs} ms`, 'ETIMEDOUT');
}

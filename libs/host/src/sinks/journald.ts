import { sleep } from '@windlass/platform';
import { journalDatagram, journalFields } from './journal-entry.ts';
import type { LogRecord, LogSink } from './sink.ts';
import { UnixDatagramSocket } from './unix-datagram.ts';

/**
 * systemd-journald's native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/): one datagram per entry. There is no acknowledgement:
 * an entry counts as taken once it is in the socket's queue, which systemd keeps over a restart of journald.
 */
export class JournaldSink implements LogSink {
  readonly #path: string;
  #socket: UnixDatagramSocket | undefined;

  constructor(path = '/run/systemd/journal/socket') {
    this.#path = path;
  }

  async send(records: readonly LogRecord[], signal: AbortSignal): Promise<void> {
    for (const record of records) {
      const datagram = journalDatagram(journalFields(record));
      try {
        this.#socket ??= new UnixDatagramSocket(this.#path);
        while (!this.#socket.send(datagram)) {
          await sleep(5, signal);
          signal.throwIfAborted();
        }
      } catch (error) {
        this.close();
        throw error;
      }
    }
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

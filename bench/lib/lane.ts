import tls from 'node:tls';

const HEADER_END = Buffer.from('\r\n\r\n');

export interface Received {
  status: number;
  /** Bytes of the body. */
  length: number;
  /** Of a body without chunks up to 64 KB. */
  text: string;
}

/**
 * One keep-alive HTTP/1.1 connection over TLS, one request at a time: as little work for each request as JavaScript can do, since the client
 * shares the cores with the server that it measures.
 */
export class Lane {
  readonly #socket: tls.TLSSocket;
  #chunks: Buffer[] = [];
  #done: ((received: Received) => void) | undefined;
  #status = 0;
  #left = -1;
  #length = 0;
  #chunked = false;
  #tail: Buffer = Buffer.alloc(0);

  constructor(url: URL) {
    this.#socket = tls.connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false });
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (data: Buffer) => this.#take(data));
  }

  /** @param bytes a whole request, headers and body */
  send(bytes: string): Promise<Received> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#socket.once('error', reject);
      this.#socket.write(bytes);
    });
  }

  #take(data: Buffer): void {
    if (this.#status === 0) {
      const all = this.#tail.length > 0 ? Buffer.concat([this.#tail, data]) : data;
      const end = all.indexOf(HEADER_END);
      if (end < 0) {
        this.#tail = Buffer.from(all);
        return;
      }
      const head = all.toString('latin1', 0, end);
      this.#status = Number(head.slice(9, 12));
      const length = /content-length: (\d+)/i.exec(head);
      this.#chunked = !length;
      this.#left = length ? Number(length[1]) : -1;
      data = all.subarray(end + 4);
      this.#tail = Buffer.alloc(0);
    }
    this.#length += data.length;
    if (this.#length <= 65_536) this.#chunks.push(data);
    if (this.#chunked) {
      const tail = data.length >= 5 ? data.subarray(-5) : Buffer.concat([this.#tail, data]).subarray(-5);
      this.#tail = tail;
      if (tail.toString('latin1') === '0\r\n\r\n') this.#finish();
    } else {
      this.#left -= data.length;
      if (this.#left <= 0) this.#finish();
    }
  }

  #finish(): void {
    const received = { status: this.#status, length: this.#length, text: Buffer.concat(this.#chunks).toString() };
    this.#status = 0;
    this.#length = 0;
    this.#chunks = [];
    this.#tail = Buffer.alloc(0);
    this.#socket.removeAllListeners('error');
    this.#done?.(received);
  }

  close(): void {
    this.#socket.destroy();
  }
}

import { Duplex } from 'node:stream';
import { dataHead, FrameReader, pingFrame, synStream } from './spdy-frames.ts';

/** The client's side of a SPDY/3.1 connection: opens streams, each a Duplex with half-close. One slow reader holds up the connection. */
export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #streams = new Map<number, SpdyStream>();
  /** Streams whose readers have enough for now. */
  readonly #full = new Set<number>();
  #nextId = 1;

  /** @param head what came with the upgrade already */
  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => this.#received(reader, chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const stream of this.#streams.values()) stream.ended();
      this.#streams.clear();
    });
    if (head.length > 0) this.#received(reader, head);
  }

  open(headers: Readonly<Record<string, string>>): Duplex {
    const id = this.#nextId;
    this.#nextId += 2;
    const stream = new SpdyStream(
      (data, fin, done) => this.#send(id, data, fin, done),
      () => {
        if (this.#full.delete(id) && this.#full.size === 0) this.#socket.resume();
      },
    );
    this.#streams.set(id, stream);
    this.#socket.write(synStream(id, headers, id === 1));
    return stream;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(id: number, data: Buffer, fin: boolean, done: Done): void {
    if (this.#socket.destroyed) {
      done(fin ? null : new Error('the stream is closed'));
      return;
    }
    this.#socket.cork();
    this.#socket.write(dataHead(id, data.length, fin));
    this.#socket.write(data, done);
    this.#socket.uncork();
  }

  #received(reader: FrameReader, chunk: Buffer): void {
    for (const frame of reader.push(chunk)) {
      if (frame.kind === 'ping') this.#socket.write(pingFrame(frame.bytes));
      if (frame.kind === 'data' && this.#streams.get(frame.streamId)?.received(frame.data, frame.fin) === false) {
        this.#full.add(frame.streamId);
        this.#socket.pause();
      }
      if (frame.kind === 'reset') this.#streams.get(frame.streamId)?.ended();
    }
  }
}

type Done = (error?: Error | null) => void;
type Send = (data: Buffer, fin: boolean, done: Done) => void;
const MAX_DATA_BYTES = 0xffffff;

class SpdyStream extends Duplex {
  readonly #send: Send;
  readonly #wantMore: () => void;
  #hasEnded = false;
  constructor(send: Send, wantMore: () => void) {
    super({ allowHalfOpen: true });
    this.#send = send;
    this.#wantMore = wantMore;
  }

  /** @returns false when the reader has enough for now */
  received(data: Buffer, fin: boolean): boolean {
    if (this.#hasEnded || this.destroyed) return true;
    const wants = data.length === 0 || this.push(data);
    if (fin) this.ended();
    return wants;
  }
  ended(): void {
    if (this.#hasEnded || this.destroyed) return;
    this.#hasEnded = true;
    this.push(null);
  }

  override _read(): void {
    this.#wantMore();
  }
  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    for (let at = 0; at < chunk.length; at += MAX_DATA_BYTES) {
      const part = chunk.subarray(at, at + MAX_DATA_BYTES);
      this.#send(part, false, at + part.length === chunk.length ? done : () => {});
    }
    if (chunk.length === 0) done();
  }
  override _final(done: Done): void {
    this.#send(Buffer.alloc(0), true, done);
  }
  override _destroy(error: Error | null, done: Done): void {
    this.#wantMore();
    done(error);
  }
}

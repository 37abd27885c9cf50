import https from 'node:https';
import { Lane, type Received } from './lane.ts';

/** A Kubernetes API server under measurement. */
export interface Target {
  name: string;
  url: string;
  token: string;
  /** Processes whose resident memory counts. */
  pids: number[];
  /** Those and their store: processes whose processor time counts. Default {@link pids}. */
  workers?: () => number[];
}

/** At most `connections` keep-alive connections for requests, and one more for each watch. */
export class BenchClient {
  readonly #target: Target;
  readonly #agent = new https.Agent({ rejectUnauthorized: false });
  readonly #free: Lane[] = [];
  readonly #lanes: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  readonly #connections: number;
  readonly #head: string;

  constructor(target: Target, connections: number) {
    this.#target = target;
    this.#connections = connections;
    this.#head = `host: ${new URL(target.url).host}\r\nauthorization: Bearer ${target.token}\r\n`;
  }

  async request(method: string, path: string, body?: string, accept = 'application/json'): Promise<Received> {
    const lane = await this.#lane();
    const content = body ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` : '';
    const request = `${method} ${path} HTTP/1.1\r\n${this.#head}accept: ${accept}\r\n${content}\r\n${body ?? ''}`;
    const received = await lane.send(request).catch((error) => {
      this.#lanes.splice(this.#lanes.indexOf(lane), 1);
      throw error;
    });
    const next = this.#waiting.shift();
    if (next) next(lane);
    else this.#free.push(lane);
    return received;
  }

  #lane(): Lane | Promise<Lane> {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#lanes.length >= this.#connections) return new Promise((resolve) => this.#waiting.push(resolve));
    const lane = new Lane(new URL(this.#target.url));
    this.#lanes.push(lane);
    return lane;
  }

  /** Opens a watch and calls `onEvent` once per event line. */
  watch(path: string, onEvents: (count: number) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const request = https.request(
        new URL(path, this.#target.url),
        { agent: this.#agent, headers: { authorization: `Bearer ${this.#target.token}`, accept: 'application/json' } },
        (response) => {
          if (response.statusCode !== 200) return reject(new Error(`watch: ${response.statusCode}`));
          response.on('data', (chunk: Buffer) => {
            let count = 0;
            for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
            if (count > 0) onEvents(count);
          });
          response.on('error', () => {});
          resolve(() => request.destroy());
        },
      );
      request.on('error', reject);
      request.end();
    });
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
    this.#agent.destroy();
  }
}

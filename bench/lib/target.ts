import https from 'node:https';

/** A Kubernetes API server under measurement. */
export interface Target {
  name: string;
  url: string;
  token: string;
  /** Processes whose resident memory counts. */
  pids: number[];
}

export interface Answer {
  status: number;
  bytes: number;
  body: () => string;
}

/** A keep-alive HTTPS client with at most `connections` sockets. */
export class BenchClient {
  readonly #target: Target;
  readonly #agent: https.Agent;
  constructor(target: Target, connections: number) {
    this.#target = target;
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false });
  }

  request(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.#target.url);
      const request = https.request(
        url,
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#target.token}`,
            accept: 'application/json',
            ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              bytes: chunks.reduce((n, c) => n + c.length, 0),
              body: () => Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
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
    this.#agent.destroy();
  }
}

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@windlass/platform';
import type { ServiceHealth } from './health-check.ts';

/** How long after a refused port the next try is. */
const RETRY_MS = 5000;

interface Running {
  server: Server;
  health: ServiceHealth;
}

/**
 * One HTTP server per service that has a health check node port: 200 while a ready endpoint is on this node, else 503; the body and the
 * headers are kube-proxy's.
 */
export class HealthCheckServers {
  readonly #logger: Logger;
  readonly #running = new Map<string, Running>();
  readonly #retries = new Set<NodeJS.Timeout>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `health` undefined: the service `key` has no check (any more). */
  set(key: string, health: ServiceHealth | undefined): void {
    const running = this.#running.get(key);
    if (running && running.health.port === health?.port) {
      running.health = health;
      return;
    }
    if (running) {
      this.#running.delete(key);
      close(running.server);
    }
    if (health) this.#open(key, health);
  }

  #open(key: string, health: ServiceHealth): void {
    const running: Running = { health, server: createServer((_, response) => answer(response, running.health)) };
    this.#running.set(key, running);
    running.server.on('error', (error) => {
      this.#logger.warn({ err: error, service: key }, 'health check port refused');
      const retry = setTimeout(() => {
        this.#retries.delete(retry);
        if (this.#running.get(key) === running) running.server.listen(running.health.port);
      }, RETRY_MS);
      this.#retries.add(retry);
    });
    running.server.listen(health.port);
  }

  stop(): void {
    for (const retry of this.#retries) clearTimeout(retry);
    for (const { server } of this.#running.values()) close(server);
    this.#running.clear();
  }
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function answer(response: ServerResponse, { namespace, name, localEndpoints }: ServiceHealth): void {
  response.writeHead(localEndpoints > 0 ? 200 : 503, {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'X-Load-Balancing-Endpoint-Weight': String(localEndpoints),
  });
  response.end(JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: true }));
}

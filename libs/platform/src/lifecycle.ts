import type { Logger } from './logger.ts';
import { startTelemetry } from './telemetry/index.ts';

export interface ProcessOptions {
  /** How long a clean stop may take. Default 10,000. */
  graceMs?: number;
  /** The process serves its metrics itself (metricsText), so they are kept in any case. */
  metrics?: boolean;
  /** A promise that rejects with nobody waiting is logged and the process goes on: for servers whose other requests must not suffer. */
  survivesRejections?: boolean;
}

/**
 * Runs a process: `start` gets a signal that aborts on SIGTERM or SIGINT and resolves to a stop function (or nothing). On the signal the
 * stop function runs once (a start that is under way ends first), bounded by `graceMs`; then the process exits. Telemetry runs as the environment asks for. A failed start, an uncaught exception or rejection (but see `survivesRejections`) is logged and exits 1.
 */
export async function runProcess(
  logger: Logger,
  start: (signal: AbortSignal) => Promise<(() => Promise<void>) | void>,
  { graceMs = 10_000, metrics = false, survivesRejections = false }: ProcessOptions = {},
): Promise<void> {
  const controller = new AbortController();
  let starting: ReturnType<typeof start> | undefined;
  let telemetry: Awaited<ReturnType<typeof startTelemetry>> | undefined;
  const die = (what: string) => (error: unknown) => {
    logger.fatal({ err: error }, what);
    process.exit(1);
  };
  process.on('uncaughtException', die('uncaught exception'));
  const unhandled = 'unhandled rejection';
  process.on('unhandledRejection', survivesRejections ? (error) => logger.error({ err: error }, unhandled) : die(unhandled));
  const end = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) return;
    logger.info({ signal: name }, 'stopping');
    controller.abort();
    setTimeout(() => die('stop took too long')(new Error(`no clean stop within ${graceMs} ms`)), graceMs).unref();
    Promise.resolve(starting)
      .then((stop) => stop?.())
      .then(() => telemetry?.stop())
      .then(() => process.exit(0), die('stop failed'));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  try {
    telemetry = await startTelemetry({ service: String(logger.bindings().component ?? 'windlass'), prometheus: metrics });
    starting = start(controller.signal);
    await starting;
  } catch (error) {
    die('start failed')(error);
  }
}

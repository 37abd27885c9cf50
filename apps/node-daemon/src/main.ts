import { createLogger, readConfigArgument, runProcess } from '@windlass/platform';
import type { NodeDaemonConfig } from './config.ts';
import { shutdownMs } from './shutdown/periods.ts';
import { startNodeDaemon } from './start.ts';

const STOP_MS = 10_000;

const logger = createLogger('node-daemon');
const config = readConfigArgument<NodeDaemonConfig>();
await runProcess(
  logger,
  async () => {
    const { stop } = await startNodeDaemon(config, logger);
    return stop;
  },
  { graceMs: STOP_MS + shutdownMs(config.kubelet) },
);

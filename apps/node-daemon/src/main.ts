import { createLogger, readConfigArgument, runProcess } from '@windlass/platform';
import type { NodeDaemonConfig } from './config.ts';
import { startNodeDaemon } from './start.ts';

const logger = createLogger('node-daemon');
await runProcess(logger, async () => {
  const { stop } = await startNodeDaemon(readConfigArgument<NodeDaemonConfig>(), logger);
  return stop;
});

import { createLogger, readConfigArgument, runProcess } from '@windlass/platform';
import { type ControllerManagerConfig, startControllerManager } from './start.ts';

const logger = createLogger('controller-manager');
await runProcess(logger, async () => {
  const { stop } = await startControllerManager(readConfigArgument<ControllerManagerConfig>(), logger);
  return stop;
});

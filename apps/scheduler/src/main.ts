import { createLogger, readConfigArgument, runProcess } from '@windlass/platform';
import { type SchedulerConfig, startScheduler } from './index.ts';

const logger = createLogger('scheduler');
await runProcess(logger, async () => {
  const running = startScheduler(readConfigArgument<SchedulerConfig>(), logger);
  running.done.then(
    () => {},
    (err) => {
      logger.fatal({ err }, 'scheduler ended');
      process.exit(1);
    },
  );
  return () => running.stop();
});

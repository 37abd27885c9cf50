import { createLogger, readConfigArgument, runProcess } from '@windlass/platform';
import { type ApiServerConfig, startApiServer } from './index.ts';

const logger = createLogger('api-server');
await runProcess(
  logger,
  async () => {
    const server = await startApiServer(readConfigArgument<ApiServerConfig>(), logger);
    return () => server.stop();
  },
  { metrics: true, survivesRejections: true },
);

import type { ProcessSpec } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import { controlPlane } from './control-plane.ts';
import { nodeProcesses } from './node-processes.ts';
import type { ClusterOptions } from './options.ts';

/** The processes of a cluster in stages: all of one stage are ready before the next starts. Makes what each stage needs on the way. */
export async function* prepareCluster(options: ClusterOptions, logger: Logger): AsyncGenerator<ProcessSpec[]> {
  yield* controlPlane(options, logger);
  if (options.nodes > 0) yield* nodeProcesses(options, logger);
}

import { resourcePrefix } from '@windlass/apiserver';
import { flowDefaults } from '../bootstrap/defaults.ts';
import type { Foundation } from '../start-api-server.ts';
import { reportDangling } from './dangling.ts';
import { FlowControl } from './flow-control.ts';
import { keepFlowObjects } from './keep.ts';

/** kube-apiserver's --max-requests-inflight and --max-mutating-requests-inflight; together they are the seats. */
const READS = 400;
const WRITES = 200;
/** A quarter of --request-timeout, as kube-apiserver has it. */
const LONGEST_WAIT = 15_000;

/** Starts priority and fairness, and the controllers of its objects. */
export function startFlowControl({ config, reader, writer, cache, logger }: Foundation): { flow: FlowControl; stop(): void } {
  const flow = new FlowControl({
    reader,
    seats: (config.maxRequestsInflight ?? READS) + (config.maxMutatingRequestsInflight ?? WRITES),
    longestWait: LONGEST_WAIT,
    sizeOf: (group, resource) => cache.sizeOf(resourcePrefix(group, resource)),
  });
  const failed = (err: unknown) => logger.warn({ err }, 'flow control objects');
  const stops = [reportDangling(reader, writer, failed), keepFlowObjects({ reader, writer }, flowDefaults, failed)];
  return {
    flow,
    stop() {
      flow.stop();
      for (const stop of stops) stop();
    },
  };
}

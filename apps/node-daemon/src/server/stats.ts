import os from 'node:os';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { cadvisorMetrics } from '../stats/cadvisor-metrics.ts';
import { resourceMetrics } from '../stats/resource-metrics.ts';
import { StatsSampler } from '../stats/sampler.ts';
import { summary } from '../stats/summary.ts';
import { type Route, sendJson, sendText } from './http.ts';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** What the node and its pods use. */
export function statsRoutes(runtime: NodeRuntime): Route[] {
  const sampler = new StatsSampler(runtime);
  return [
    {
      root: 'stats/summary',
      async handle({ query }, response) {
        const full = query.get('only_cpu_and_memory') !== 'true';
        sendJson(response, summary(await sampler.sample(full), full));
      },
    },
    {
      root: 'metrics/resource',
      handle: async (_call, response) => sendText(response, 200, resourceMetrics(await sampler.sample(false)), PROMETHEUS),
    },
    {
      root: 'metrics/cadvisor',
      async handle(_call, response) {
        const sample = await sampler.sample(true);
        sendText(response, 200, cadvisorMetrics(sample, runtime.cgroup.name, os.availableParallelism()), PROMETHEUS);
      },
    },
  ];
}

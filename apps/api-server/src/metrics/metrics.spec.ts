import { parseResourceMetrics } from './parse.ts';
import { usageBetween } from './usage.ts';
import { UsageStore } from './usage-store.ts';

const T = 1_700_000_000_000;
const text = (at: number, cpu: number, memory = 1024) => `# HELP container_cpu_usage_seconds_total [STABLE] Cumulative cpu time
# TYPE container_cpu_usage_seconds_total counter
container_cpu_usage_seconds_total{container="a",namespace="ns",pod="p"} ${cpu} ${at}
container_memory_working_set_bytes{container="a",namespace="ns",pod="p"} ${memory} ${at}
container_start_time_seconds{container="a",namespace="ns",pod="p"} ${(T - 60_000) / 1000}
container_cpu_usage_seconds_total{container="b",namespace="ns",pod="half"} 1 ${at}
node_cpu_usage_seconds_total ${cpu * 2} ${at}
node_memory_working_set_bytes 2.097152e+06 ${at}
pod_cpu_usage_seconds_total{namespace="ns",pod="p"} 9 ${at}
scrape_error 0
`;

test('reads nodes and containers; leaves out pods that are not whole', () => {
  const reading = parseResourceMetrics(text(T, 3), T);
  expect(reading.node).toEqual({ at: T, cpuSeconds: 6, memoryBytes: 2097152 });
  expect([...reading.pods]).toEqual([
    ['ns/p', new Map([['a', { at: T, cpuSeconds: 3, memoryBytes: 1024, startedAt: T - 60_000 }]])],
  ]);
});

describe('use between two measurements', () => {
  const point = (at: number, cpuSeconds: number, startedAt?: number) => ({
    at: T + at,
    cpuSeconds,
    memoryBytes: 2048,
    startedAt,
  });
  it.each([
    ['a rate', point(0, 10), point(15_000, 11.5), { windowMs: 15_000, usage: { cpu: '100m', memory: '2Ki' } }],
    ['nothing yet', undefined, point(0, 10), undefined],
    ['since the start', undefined, point(0, 1, T - 20_000), { windowMs: 20_000, usage: { cpu: '50m', memory: '2Ki' } }],
    ['too young', undefined, point(0, 1, T - 5_000), undefined],
    ['started anew', point(0, 500), point(30_000, 2, T + 10_000), { windowMs: 20_000, usage: { cpu: '100m', memory: '2Ki' } }],
    ['no time passed', point(0, 1), point(0, 1), undefined],
  ])('%s', (_, before, last, usage) => {
    if (usage) expect(usageBetween(before, last)).toMatchObject(usage);
    else expect(usageBetween(before, last)).toBeUndefined();
  });
});

test('keeps two readings per node and forgets what is gone', () => {
  const store = new UsageStore();
  store.add('n', parseResourceMetrics(text(T, 3), T));
  expect(store.node('n')).toBeUndefined();
  store.add('n', parseResourceMetrics(text(T, 3), T));
  store.add('n', parseResourceMetrics(text(T + 10_000, 4), T));
  expect(store.node('n')?.usage).toEqual({ cpu: '200m', memory: '2Mi' });
  expect(store.pod('ns/p')).toEqual([{ name: 'a', at: T + 10_000, windowMs: 10_000, usage: { cpu: '100m', memory: '1Ki' } }]);
  store.forget('n');
  expect(store.pod('ns/p')).toBeUndefined();
});

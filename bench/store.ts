// The store and its watch cache on an embedded PostgreSQL with synchronous commits, in this process.
//   node bench/store.ts [--seconds 2]
import { startTemporaryPostgres } from '@windlass/host';
import { createDatabase, PostgresObjectStore, WatchCache } from '@windlass/store';
import { percentile, residentMiB } from './lib/stats.ts';

const at = process.argv.indexOf('--seconds');
const seconds = at > 0 ? Number(process.argv[at + 1]) : 2;
const fields = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field-${i}`, `value-${i}-${'y'.repeat(15)}`]));
const text = JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' }, spec: fields });

const server = await startTemporaryPostgres({ durable: true });
const store = await PostgresObjectStore.open(await createDatabase(server.url, 'bench'));
const cache = await WatchCache.start(store);
console.log(`object: ${text.length} bytes`);

/** So many callers, each writing the next when the last was acknowledged. */
async function writes(what: string, callers: number, write: (caller: number, i: number) => Promise<unknown>): Promise<void> {
  const ms: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const one = async (caller: number) => {
    for (let i = 0; performance.now() - start < seconds * 1000; i++) {
      const begun = performance.now();
      await write(caller, i);
      ms.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => one(caller)));
  const rate = (ms.length / (performance.now() - start)) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  const share = ((user + system) / ms.length).toFixed(0);
  console.log(
    `${what}, ${callers} callers: ${rate.toFixed(0)}/s, p50 ${percentile(ms, 50).toFixed(2)} ms, p99 ${percentile(ms, 99).toFixed(2)} ms, ${share} µs CPU here each`,
  );
}

for (const callers of [1, 16, 64, 256])
  await writes('create', callers, (caller, i) => store.create(`/core/pods/${callers}/${caller}-${i}`, text));
const held = new Map<number, { key: string; revision: number }>();
for (let i = 0; i < 64; i++) held.set(i, await store.create(`/core/pods/updated/${i}`, text));
await writes('update', 64, async (caller) => {
  const { key, revision } = held.get(caller)!;
  held.set(caller, await store.update(key, revision, text));
});

for (let i = 0; i < 5000; i += 250)
  await Promise.all(Array.from({ length: 250 }, (_, n) => store.create(`/core/list/a/${i + n}`, text)));
const times: Record<string, number[]> = { 'fresh read': [], 'LIST 5,000 to bytes': [], 'list 5,000 from the database': [] };
for (let i = 0; i < 11; i++) {
  const a = performance.now();
  await cache.readFresh();
  const b = performance.now();
  Buffer.concat(cache.list('/core/list/').items.map((item) => item.bare));
  const c = performance.now();
  times['fresh read']!.push(b - a);
  times['LIST 5,000 to bytes']!.push(c - b);
  if (i < 3) {
    await store.list('/core/list/');
    times['list 5,000 from the database']!.push(performance.now() - c);
  }
}
for (const [what, ms] of Object.entries(times)) console.log(`${what}: p50 ${percentile(ms, 50).toFixed(1)} ms`);

const delays: number[] = [];
for (let i = 0; i < 200; i++) {
  const begun = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = await cache.subscribe('/core/delay/', cache.revision, { onEvents: () => resolve() });
  await store.create(`/core/delay/a/${i}`, text);
  await promise;
  subscription.close();
  delays.push(performance.now() - begun);
}
console.log(`subscribe, create, event: p50 ${percentile(delays, 50).toFixed(2)} ms`);

let delivered = 0;
const count = (events: readonly unknown[]) => {
  delivered += events.length;
};
for (let i = 0; i < 100; i++) await cache.subscribe('/core/fan/', cache.revision, { onEvents: count });
await new Promise((resolve) => setImmediate(resolve));
const begun = performance.now();
await Promise.all(Array.from({ length: 1000 }, (_, i) => store.create(`/core/fan/a/${i}`, text)));
await cache.readFresh();
console.log(`1,000 creates to 100 subscribers: ${(performance.now() - begun).toFixed(0)} ms, ${delivered} deliveries`);
console.log(
  `resident: ${residentMiB([process.pid]).toFixed(0)} MiB with ${cache.list('/core/pods/').items.length + 6200} objects in the cache`,
);
await cache.stop();
await store.close();
await server.stop();

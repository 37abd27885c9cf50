// The API server beside the real kube-apiserver (with etcd) in one run: creates, GET, LIST, watch fan-out, resident memory.
//   npm run build && node bench/api.ts [--count 5000] [kube=URL,TOKEN,PID+PID…]
// Ours is started here, on a PostgreSQL with synchronous commits; the others must run already.
import { podBody } from './lib/pod.ts';
import { cpuSecondsOf, parallel, percentile, residentMiB } from './lib/stats.ts';
import { BenchClient, type Target } from './lib/target.ts';
import { startWindlass } from './lib/windlass.ts';

const args = process.argv.slice(2);
const countAt = args.indexOf('--count');
const count = countAt >= 0 ? Number(args.splice(countAt, 2)[1]) : 5000;
const ours = await startWindlass();
const others: Target[] = args.map((arg) => {
  const [name, rest] = arg.split(/=(.*)/s);
  const [url, token, pids] = rest!.split(',');
  return { name: name!, url: url!, token: token!, pids: pids!.split('+').map(Number) };
});
const targets = [ours, ...others];
const rows = new Map<string, Record<string, string>>();
const note = (figure: string, target: Target, value: string) => {
  rows.set(figure, { ...rows.get(figure), [target.name]: value });
  console.error(`${target.name}: ${figure}: ${value}`);
};
const must = (want: number, got: { status: number; text: string }) => {
  if (got.status !== want) throw new Error(`wanted ${want}, got ${got.status}: ${got.text.slice(0, 300)}`);
};

/** As {@link parallel}; `cpu` is the processor time of server and store for one call in µs, which others on the machine hardly change. */
async function timed(target: Target, count: number, lanes: number, work: (i: number) => Promise<void>) {
  const workers = target.workers?.() ?? target.pids;
  const used = () => workers.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const before = used();
  const result = await parallel(count, lanes, work);
  return { ...result, cpu: `${(((used() - before) / count) * 1e6).toFixed(0)} µs` };
}

async function measure(target: Target): Promise<void> {
  const ns = `bench-${Date.now().toString(36)}`;
  const client = new BenchClient(target, 64);
  must(201, await client.request('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: ns } })));
  // No controller manager runs beside either of them.
  const account = JSON.stringify({ metadata: { name: 'default' } });
  must(201, await client.request('POST', `/api/v1/namespaces/${ns}/serviceaccounts`, account));
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const create = async (name: string) => must(201, await client.request('POST', pods, podBody(name, ns)));
  for (let i = 0; i < 200; i++) await create(`warm-${i}`);
  for (const [lanes, n] of [
    [1, Math.round(count / 5)],
    [16, Math.round((count * 3) / 10)],
    [64, Math.round(count / 2) - 200],
  ] as const) {
    const { perSecond, ms, cpu } = await timed(target, n, lanes, (i) => create(`pod-${lanes}-${i}`));
    note(
      `create, ${lanes} connections`,
      target,
      `${perSecond.toFixed(0)}/s, p50 ${percentile(ms, 50).toFixed(1)} ms, p99 ${percentile(ms, 99).toFixed(1)} ms`,
    );
    note(`CPU of server and store for a create, ${lanes} connections`, target, cpu);
  }
  const get = await timed(target, count, 16, async (i) =>
    must(200, await client.request('GET', `${pods}/pod-64-${i % (Math.round(count / 2) - 200)}`)),
  );
  note(
    'GET, 16 connections',
    target,
    `${get.perSecond.toFixed(0)}/s, p50 ${percentile(get.ms, 50).toFixed(1)} ms, p99 ${percentile(get.ms, 99).toFixed(1)} ms`,
  );
  note('CPU of server and store for a GET', target, get.cpu);
  const list = await parallel(9, 1, async () => must(200, await client.request('GET', pods)));
  note(`LIST ${count} pods`, target, `p50 ${percentile(list.ms, 50).toFixed(0)} ms`);
  const table = await parallel(9, 1, async () =>
    must(200, await client.request('GET', pods, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io')),
  );
  note(`LIST ${count} pods as Table`, target, `p50 ${percentile(table.ms, 50).toFixed(0)} ms`);

  const watchers = 100;
  const writes = 300;
  let seen = 0;
  const watching = new BenchClient(target, watchers + 4);
  const maps = `/api/v1/namespaces/${ns}/configmaps`;
  const first = JSON.parse((await client.request('GET', maps)).text);
  const stops = await Promise.all(
    Array.from({ length: watchers }, () =>
      watching.watch(`${maps}?watch=1&resourceVersion=${first.metadata.resourceVersion}`, (events) => {
        seen += events;
      }),
    ),
  );
  const from = performance.now();
  await parallel(writes, 16, async (i) =>
    must(
      201,
      await client.request('POST', maps, JSON.stringify({ metadata: { name: `cm-${i}` }, data: { text: 'x'.repeat(1000) } })),
    ),
  );
  while (seen < watchers * writes && performance.now() - from < 60_000) await new Promise((resolve) => setTimeout(resolve, 5));
  note(
    `watch fan-out, ${watchers} watchers`,
    target,
    `${((seen / (performance.now() - from)) * 1000).toFixed(0)} events/s (${seen} of ${watchers * writes})`,
  );
  for (const stop of stops) stop();
  watching.close();
  note(
    `resident memory with ${count} pods`,
    target,
    `${target.pids.map((pid) => residentMiB([pid]).toFixed(0)).join(' + ')} MiB`,
  );
  await client.request('DELETE', `${pods}?gracePeriodSeconds=0`);
  await client.request('DELETE', `/api/v1/namespaces/${ns}`);
  client.close();
}

for (const target of targets) await measure(target);
console.log(`| | ${targets.map((t) => t.name).join(' | ')} |\n|---|${targets.map(() => '---|').join('')}`);
for (const [figure, values] of rows) console.log(`| ${figure} | ${targets.map((t) => values[t.name] ?? '').join(' | ')} |`);
await ours.stop();

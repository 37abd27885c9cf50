import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasMemoryLimit, hasShares, logarithmicWeight, readLimits, sharesOf } from './applied.ts';
import { Cgroup } from './hierarchy.ts';
import { cpuWeight } from './limits.ts';

const root = mkdtempSync('/tmp/cgroup-');
afterAll(() => rmSync(root, { recursive: true }));

function group(version: 1 | 2, files: Record<string, string>): Cgroup {
  const trees = version === 2 ? [''] : ['cpu', 'memory'];
  const tree = mkdtempSync(path.join(root, 'tree-'));
  mkdirSync(path.join(tree, 'pod'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(tree, 'pod', name), text);
  return new Cgroup('/pod', { version, trees: new Map(trees.map((name) => [name, tree])) });
}

test('v1 limits', async () => {
  const files = { 'cpu.shares': '512\n', 'cpu.cfs_quota_us': '20000\n', 'cpu.cfs_period_us': '50000\n' };
  expect(await readLimits(group(1, { ...files, 'memory.limit_in_bytes': '9223372036854771712\n' }))).toEqual({
    cpu: { shares: 512 },
    quotaUs: 40_000,
    memoryBytes: -1,
  });
  expect(await readLimits(group(1, files))).toBeUndefined();
});

test('v2 limits', async () => {
  const read = await readLimits(group(2, { 'cpu.weight': '20\n', 'cpu.max': 'max 100000\n', 'memory.max': '8192\n' }));
  expect(read).toEqual({ cpu: { weight: 20 }, quotaUs: -1, memoryBytes: 8192 });
  expect(sharesOf(read!)).toBe(500);
});

test.each([
  [2, 1],
  [1024, 100],
  [262_144, 10_000],
])('%i shares are weight %i in the newer conversion', (shares, weight) => expect(logarithmicWeight(shares)).toBe(weight));

test('equal in the kernel is equal', () => {
  const limits = { cpu: { weight: cpuWeight(512) }, quotaUs: -1, memoryBytes: 99_999_744 };
  expect(hasShares(limits, 512)).toBe(true);
  expect(hasShares({ ...limits, cpu: { weight: logarithmicWeight(512) } }, 512)).toBe(true);
  expect(hasShares(limits, 1024)).toBe(false);
  expect(hasMemoryLimit(limits, 100_000_000)).toBe(true);
  expect(hasMemoryLimit(limits, 0)).toBe(false);
  expect(hasMemoryLimit({ ...limits, memoryBytes: -1 }, 0)).toBe(true);
});

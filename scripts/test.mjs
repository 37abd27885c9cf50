// Runs the test suites one after another, says what is left out and why, and ends with one line of totals. `--only unit,host` picks suites.
// A suite that does not end within its time is killed with its children, and counts as failed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const flag = process.argv.indexOf('--only');
const only = flag > 0 ? process.argv[flag + 1].split(',') : undefined;
const isRoot = process.getuid() === 0;
const has = (program) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
    .status === 0;
const missing = (...programs) => {
  const absent = programs.filter((program) => !has(program));
  return absent.length > 0 && `not installed: ${absent.join(', ')}`;
};
const suites = [
  { name: 'unit', minutes: 4 },
  { name: 'integration', minutes: 7, without: missing('redis-server') },
  { name: 'host', minutes: 4, without: !isRoot ? 'needs root' : missing('containerd', 'runc', 'nft', 'ip') },
  { name: 'e2e', minutes: 12, without: !isRoot ? 'needs root' : missing('containerd', 'runc', 'nft', 'ip', 'kubectl') },
];

const scratch = mkdtempSync(path.join(os.tmpdir(), 'windlass-test-'));
let passed = 0;
let failed = 0;
const leftOut = [];
try {
  for (const { name, minutes, without } of suites) {
    if (only && !only.includes(name)) continue;
    if (without) {
      leftOut.push(`${name}: ${without}`);
      continue;
    }
    console.log(`\n== ${name}`);
    const report = path.join(scratch, `${name}.json`);
    const jest = path.join(root, 'node_modules/jest/bin/jest.js');
    const args = [
      '--experimental-vm-modules',
      '--no-warnings',
      jest,
      '--selectProjects',
      name,
      '--passWithNoTests',
      '--json',
      '--outputFile',
      report,
    ];
    if (name === 'e2e') args.push('--runInBand');
    const status = await runWithin(minutes, args);
    if (status === undefined) console.log(`${name} did not end within ${minutes} minutes`);
    const { numPassedTests = 0, numFailedTests = 0, numFailedTestSuites = 0 } = readReport(report);
    passed += numPassedTests;
    // A suite that could not even load has no failed test of its own.
    failed += Math.max(numFailedTests, numFailedTestSuites, status === 0 ? 0 : 1);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const line of leftOut) console.log(`left out: ${line}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Exit code of jest; undefined when it had to be killed. */
async function runWithin(minutes, args) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}:/usr/sbin:/sbin` },
    detached: true,
  });
  const interrupted = (signal) => {
    process.kill(-child.pid, signal);
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    process.kill(-child.pid, 'SIGKILL');
  }, minutes * 60_000);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
  return expired ? undefined : code;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

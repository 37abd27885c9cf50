// Runs the test suites one after another, says what is left out and why, and ends with one line of totals. `--only unit,host` picks suites.
import { spawnSync } from 'node:child_process';
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
  { name: 'unit' },
  { name: 'integration', without: missing('redis-server') },
  { name: 'host', without: !isRoot ? 'needs root' : missing('containerd', 'runc', 'nft', 'ip') },
  { name: 'e2e', without: !isRoot ? 'needs root' : missing('containerd', 'runc', 'nft', 'ip', 'kubectl') },
];

const scratch = mkdtempSync(path.join(os.tmpdir(), 'windlass-test-'));
let passed = 0;
let failed = 0;
const leftOut = [];
try {
  for (const { name, without } of suites) {
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
    const { status } = spawnSync(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}:/usr/sbin:/sbin` },
    });
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

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

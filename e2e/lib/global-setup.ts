import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FIXTURE_VARIABLE, type Fixture } from './fixture.ts';
import { freePort } from './free-port.ts';
import teardown from './global-teardown.ts';
import { journaldProgram, journaldSocket, startJournald } from './journald.ts';
import { windlass } from './windlass.ts';

/** One cluster of three nodes for all end-to-end specs. It takes names, ports and networks that no other cluster on the machine uses. */
export default async function setup(): Promise<void> {
  if (process.env[FIXTURE_VARIABLE]) {
    // A cluster that somebody keeps: faster while a spec is written.
    process.env.WINDLASS_E2E_KEEP = 'yes';
    return;
  }
  const tag = Math.random().toString(36).slice(2, 6);
  const octet = 16 + Math.floor(Math.random() * 200);
  const stateDir = mkdtempSync('/var/tmp/windlass-e2e-');
  execFileSync('chmod', ['755', stateDir]);
  const program = journaldProgram();
  const journald = program ? await startJournald(program) : undefined;
  journald?.unref();
  const fluentdPort = await freePort();
  const host = `172.29.${octet}.1`;
  const logging = {
    drivers: {
      central: { type: 'fluentd', host, port: fluentdPort, ackTimeoutMs: 2000 },
      ...(journald ? { journald: { type: 'journald', socket: journaldSocket(journald.pid) } } : {}),
    },
    default: journald ? ['journald', 'central'] : ['central'],
  };
  const loggingFile = path.join(stateDir, 'logging.json');
  writeFileSync(loggingFile, JSON.stringify(logging));
  const file = path.join(stateDir, 'fixture.json');
  const partial = { name: `e2e-${tag}`, stateDir, journaldPid: journald?.pid, fluentdPort };
  writeFileSync(file, JSON.stringify(partial));
  process.env[FIXTURE_VARIABLE] = file;

  const started = Date.now();
  const flags = {
    '--name': partial.name,
    '--state-dir': stateDir,
    '--port': String(await freePort()),
    '--pod-cidr': `10.${octet}.0.0/16`,
    '--service-cidr': `10.255.${octet}.0/24`,
    '--underlay-cidr': `172.29.${octet}.0/24`,
    '--logging': loggingFile,
  };
  try {
    await windlass(['up', '--example', ...Object.entries(flags).flat()]);
  } catch (error) {
    // Jest runs no teardown after a failed setup.
    await teardown();
    throw error;
  }
  const kubeconfig = path.join(stateDir, 'kubeconfig/admin.conf');
  const kubectl = execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim();
  const nodes = JSON.parse(
    execFileSync(kubectl, ['--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'json'], { encoding: 'utf8' }),
  ).items as {
    metadata: { name: string };
    status: { addresses: { type: string; address: string }[] };
  }[];
  const fixture: Fixture = {
    ...partial,
    kubeconfig,
    kubectl,
    nodes: nodes.map((node) => node.metadata.name),
    nodeIps: nodes.map((node) => node.status.addresses.find((address) => address.type === 'InternalIP')!.address),
    upSeconds: (Date.now() - started) / 1000,
  };
  writeFileSync(file, JSON.stringify(fixture));
}

import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { endProcess, localAddressTowards, type ProcessState, readPidFile, Supervisor, writePidFile } from '@windlass/host';
import { createLogger, type Logger, runProcess, sleep } from '@windlass/platform';
import { ensureIdentity, ensureServingFiles, nodeClient, renew, renewals } from '../agent/identity.ts';
import { clusterNetworks } from '../agent/networks.ts';
import { type AgentOptions, agentMistakes, type JoinOptions, parseLabel, parseTaint, saveAgent } from '../agent/options.ts';
import { agentProcesses, DAEMON } from '../agent/processes.ts';
import { daemonStopMs, readKubeletSettings } from '../cluster/kubelet-settings.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { preflight } from '../cluster/preflight.ts';
import { runningSupervisor, SUPERVISOR, type SupervisorStatus } from '../cluster/state.ts';

const LOOK_MS = 60_000;
const RETRY_MS = 5000;

export interface AgentFlags extends JoinOptions {
  stateDir: string;
  server: string;
  nodeName?: string;
  nodeIp?: string;
  label: readonly string[];
  taint: readonly string[];
  /** File. */
  kubeletConfig?: string;
}

/** Joins this machine to a cluster, or goes on as its node, until it is told to end. @throws Error with every mistake, or why it cannot join */
export async function agent(flags: AgentFlags, say: (line: string) => void): Promise<void> {
  const { stateDir, server, token, caCertHashes } = flags;
  const options: AgentOptions = {
    stateDir,
    server,
    nodeName: flags.nodeName ?? hostname().toLowerCase(),
    nodeIp: flags.nodeIp ?? (await localAddressTowards(server)),
    labels: Object.fromEntries(flags.label.map(parseLabel)),
    taints: flags.taint.map(parseTaint),
    kubelet: flags.kubeletConfig === undefined ? undefined : readKubeletSettings(flags.kubeletConfig),
  };
  const mistakes = agentMistakes(options, { token, caCertHashes });
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  if (runningSupervisor(stateDir)) throw new Error(`an agent or a cluster runs in ${stateDir} already`);
  await preflight();
  await saveAgent(options);
  await ensureIdentity(options, { token, caCertHashes });
  await ensureServingFiles(options);
  say(`this machine is node ${options.nodeName} of ${server}`);
  const logger = createLogger('agent');
  await runProcess(logger, (signal) => runNode(options, logger, signal), { graceMs: 60_000 + daemonStopMs(options.kubelet) });
}

/** @returns what ends it */
async function runNode(options: AgentOptions, logger: Logger, signal: AbortSignal): Promise<() => Promise<void>> {
  const paths = clusterPaths(options.stateDir);
  writePidFile(paths.pid(SUPERVISOR), process.pid);
  const report = (processes: ProcessState[]) =>
    writeFileSync(paths.status, JSON.stringify({ phase: 'running', processes } satisfies SupervisorStatus));
  const supervisor = new Supervisor(logger, report);
  const ending = new AbortController();
  const stop = async () => {
    ending.abort();
    await supervisor.stop();
    rmSync(paths.pid(SUPERVISOR), { force: true });
  };
  try {
    const client = nodeClient(options);
    const networks = await clusterNetworks(client).finally(() => client.close());
    signal.addEventListener('abort', () => void supervisor.stop(), { once: true });
    for await (const spec of agentProcesses(options, networks)) {
      if (signal.aborted) return stop;
      await supervisor.start(spec);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  void keepCertificates(options, logger, ending.signal);
  return stop;
}

/** Replaces certificates before they end. The daemon reads its serving certificate anew by itself; with a new identity it starts again, its pods go on. */
async function keepCertificates(options: AgentOptions, logger: Logger, signal: AbortSignal): Promise<void> {
  const random = Math.random();
  while (!signal.aborted) {
    let wait = LOOK_MS;
    for (const { what, at } of renewals(options, random)) {
      if (at.getTime() > Date.now()) continue;
      try {
        await renew(options, what, signal);
        logger.info({ what }, 'certificate renewed');
        const daemon = what === 'client' ? readPidFile(clusterPaths(options.stateDir).pid(DAEMON)) : undefined;
        if (daemon) await endProcess(daemon, 10_000);
      } catch (err) {
        if (signal.aborted) return;
        logger.warn({ err, what }, 'certificate is not renewed, trying again');
        wait = RETRY_MS;
      }
    }
    await sleep(wait, signal);
  }
}

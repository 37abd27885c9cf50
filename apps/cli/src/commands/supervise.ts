import { rmSync, writeFileSync } from 'node:fs';
import { type ProcessState, Supervisor, writePidFile } from '@windlass/host';
import { createLogger, runProcess } from '@windlass/platform';
import { daemonStopMs } from '../cluster/kubelet-settings.ts';
import { clusterPaths } from '../cluster/paths.ts';
import { prepareCluster } from '../cluster/prepare.ts';
import { SUPERVISOR, type SupervisorStatus, savedOptions } from '../cluster/state.ts';

/** The long-running process behind `windlass up`: starts every process of the cluster in order, and again when one ends. */
export async function supervise(stateDir: string): Promise<void> {
  const logger = createLogger(SUPERVISOR);
  const options = savedOptions(stateDir);
  if (!options) throw new Error(`${stateDir} holds no cluster: run windlass up first`);
  const paths = clusterPaths(stateDir);
  let phase: SupervisorStatus['phase'] = 'starting';
  const report = (processes: ProcessState[], error?: string) => {
    const status: SupervisorStatus = { phase, error, processes };
    writeFileSync(paths.status, JSON.stringify(status));
  };
  await runProcess(
    logger,
    async (signal) => {
      writePidFile(paths.pid(SUPERVISOR), process.pid);
      const supervisor = new Supervisor(logger, report);
      const stop = async () => {
        await supervisor.stop();
        rmSync(paths.pid(SUPERVISOR), { force: true });
      };
      try {
        signal.addEventListener('abort', () => void supervisor.stop(), { once: true });
        for await (const stage of prepareCluster(options, logger)) {
          if (signal.aborted) return stop;
          await Promise.all(stage.map((spec) => supervisor.start(spec)));
        }
      } catch (error) {
        phase = 'failed';
        report(supervisor.states(), (error as Error).message);
        await stop();
        throw error;
      }
      phase = 'running';
      report(supervisor.states());
      return stop;
    },
    { graceMs: 60_000 + daemonStopMs(options.kubelet) },
  );
}

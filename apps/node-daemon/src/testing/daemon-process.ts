import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ChildHandle, spawnProcess } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { NodeDaemonConfig } from '../config.ts';
import type { NodeDaemon } from '../start.ts';

/** A node daemon in a process of its own. */
export interface DaemonProcess extends NodeDaemon {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

const MAIN = path.resolve(import.meta.dirname, '../main.ts');

/** Starts one without waiting for anything. */
export async function startDaemonProcess(config: NodeDaemonConfig): Promise<DaemonProcess> {
  const file = `${config.stateDir}.json`;
  await writeFile(file, JSON.stringify(config));
  const handle: ChildHandle = await spawnProcess(process.execPath, ['--no-warnings', MAIN, '--config', file], {
    env: { NODE_OPTIONS: '' },
    logFile: `${config.stateDir}.log`,
  });
  await sleep(0);
  return {
    async kill() {
      handle.kill('SIGKILL');
      await handle.exited;
    },
    async stop() {
      await handle.stop(10_000);
    },
  };
}

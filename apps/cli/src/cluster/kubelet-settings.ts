import { readFileSync } from 'node:fs';
import { type KubeletSettings, shutdownMs } from '@windlass/node-daemon';
import { parse } from 'yaml';

const STOP_MS = 10_000;

/** What of a KubeletConfiguration file (YAML or JSON) nodes follow. @throws Error naming the file and the mistake */
export function readKubeletSettings(file: string): KubeletSettings {
  try {
    const read = parse(readFileSync(file, 'utf8')) as (KubeletSettings & { kind?: string; apiVersion?: string }) | null;
    const { kind = 'KubeletConfiguration', apiVersion: _, ...settings } = read ?? {};
    if (kind !== 'KubeletConfiguration') throw new Error(`want a KubeletConfiguration, found ${kind}`);
    shutdownMs(settings);
    return settings;
  } catch (error) {
    throw new Error(`--kubelet-config ${file}: ${(error as Error).message}`);
  }
}

/** How long a node daemon may take to end: its pods may have to end before. */
export const daemonStopMs = (settings: KubeletSettings | undefined): number => STOP_MS + shutdownMs(settings);

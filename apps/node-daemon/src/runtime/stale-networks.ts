import { readdir, readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CriClient, isCriNotFound, mountPointsBelow, unmountBelow } from '@windlass/host';
import type { Logger } from '@windlass/platform';

const DEFAULT_AGE_SECONDS = 300;

interface ConfList {
  name?: string;
  plugins?: { ipam?: { type?: string; dataDir?: string } }[];
}

/** Directory of host-local's leases, a file per address; undefined when the network is not of that kind. */
async function leaseDirectory(confDir: string): Promise<string | undefined> {
  const file = (await readdir(confDir).catch(() => [])).filter((name) => name.endsWith('.conflist')).sort()[0];
  if (!file) return undefined;
  const { name, plugins } = JSON.parse(await readFile(path.join(confDir, file), 'utf8')) as ConfList;
  const dataDir = plugins?.find(({ ipam }) => ipam?.type === 'host-local')?.ipam?.dataDir;
  return name && dataDir ? path.join(dataDir, name) : undefined;
}

/** Leases by file: the sandbox that has the address stands in the first line. */
async function leases(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(directory).catch(() => [])) {
    if (!/^[\d.]+$|:/.test(name)) continue;
    const file = path.join(directory, name);
    const text = await readFile(file, 'utf8').catch(() => '');
    found.set(file, text.split(/\r?\n/, 1)[0]!.trim());
  }
  return found;
}

/**
 * Takes back network namespaces and addresses that no sandbox has. containerd leaves them when the caller of RunPodSandbox goes away at
 * the wrong moment: it cleans up with the context that has just been cancelled.
 */
export class StaleNetworks {
  readonly #cri: CriClient;
  readonly #confDir: string;
  readonly #ageMs: number;
  readonly #logger: Logger;
  /** When each was first seen without a sandbox: one that is being started has none yet either. */
  #since = new Map<string, number>();

  constructor(cri: CriClient, confDir: string, ageSeconds = DEFAULT_AGE_SECONDS, logger: Logger) {
    this.#cri = cri;
    this.#confDir = confDir;
    this.#ageMs = ageSeconds * 1000;
    this.#logger = logger;
  }

  /** @param now in milliseconds of a clock that never goes back */
  async sweep(now: number): Promise<void> {
    const since = new Map<string, number>();
    for (const [place, release] of await this.#unused()) {
      const seen = this.#since.get(place) ?? now;
      if (now - seen < this.#ageMs) {
        since.set(place, seen);
        continue;
      }
      this.#logger.info({ place }, 'taking back what a sandbox that failed has left of its network');
      await release();
    }
    this.#since = since;
  }

  async #unused(): Promise<Map<string, () => Promise<void>>> {
    const [spaces, leased] = [await this.#namespaces(), await this.#leases()];
    const ids = new Set<string>();
    const used = new Set<string>();
    for (const { id } of await this.#cri.listPodSandboxes()) {
      ids.add(id);
      const network = await this.#networkOf(id);
      if (network) used.add(await realpath(network).catch(() => network));
    }
    const unused = new Map<string, () => Promise<void>>();
    for (const space of spaces)
      if (!used.has(space))
        unused.set(space, async () => {
          await unmountBelow(space);
          await rm(space, { force: true });
        });
    for (const [file, id] of leased) if (!ids.has(id)) unused.set(file, () => rm(file, { force: true }));
    return unused;
  }

  /** undefined for one that goes at this moment: it takes its network along. */
  async #networkOf(id: string): Promise<string | undefined> {
    try {
      return await this.#cri.sandboxNetwork(id);
    } catch (error) {
      if (isCriNotFound(error)) return undefined;
      throw error;
    }
  }

  async #namespaces(): Promise<string[]> {
    const state = await this.#cri.stateDirectory();
    const directory = state && (await realpath(path.join(state, 'netns')).catch(() => undefined));
    return directory ? (await mountPointsBelow(directory)).filter((point) => point !== directory) : [];
  }

  async #leases(): Promise<Map<string, string>> {
    const directory = await leaseDirectory(this.#confDir);
    return directory ? leases(directory) : new Map();
  }
}

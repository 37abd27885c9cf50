import { readUsage } from '@windlass/host';
import { steadyNow } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { measurePressure } from '../node/machine.ts';
import { isRunning } from '../pod/observed.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { type DiskUsage, diskUsage, fsCapacity } from '../stats/disk-usage.ts';
import type { LocalStorage } from './local-storage.ts';
import type { PodUsage } from './rank.ts';
import type { Observations } from './thresholds.ts';

const NOTHING: DiskUsage = { bytes: 0, inodes: 0 };
/** Walking a directory may take a twentieth of the time. */
const REST_PER_WALK = 19;

export interface PodDisk extends LocalStorage {
  inodes: number;
}

/** Measures what evictions are decided by: the node's free resources, and single pods only where it matters. */
export class Measure {
  readonly #runtime: NodeRuntime;
  readonly #memoryCapacity: number;
  readonly #walks = new Map<string, { usage: DiskUsage; until: number }>();
  #imageDirectory: string | undefined;

  constructor(runtime: NodeRuntime, memoryCapacity: number) {
    this.#runtime = runtime;
    this.#memoryCapacity = memoryCapacity;
  }

  async observe(): Promise<Observations> {
    const [pressure, pods, imageFs] = await Promise.all([
      measurePressure(this.#runtime.stateDir),
      readUsage(this.#runtime.cgroup),
      this.imageFs(),
    ]);
    const ours = this.#memoryCapacity - (pods?.workingSetBytes ?? 0);
    const seen: Observations = {
      'memory.available': {
        available: Math.max(0, Math.min(pressure.availableMemoryBytes, ours)),
        capacity: this.#memoryCapacity,
      },
      'nodefs.available': { available: pressure.diskAvailable, capacity: pressure.diskTotal },
    };
    // Some file systems (btrfs) count no inodes.
    if (pressure.inodesTotal > 0) seen['nodefs.inodesFree'] = { available: pressure.inodesFree, capacity: pressure.inodesTotal };
    if (imageFs) {
      seen['imagefs.available'] = { available: imageFs.availableBytes, capacity: imageFs.capacityBytes };
      if (imageFs.inodes > 0) seen['imagefs.inodesFree'] = { available: imageFs.inodesFree, capacity: imageFs.inodes };
    }
    if (Number.isFinite(pressure.maxPids))
      seen['pid.available'] = { available: pressure.maxPids - pressure.pids, capacity: pressure.maxPids };
    return seen;
  }

  /** The file system that images lie on. */
  async imageFs() {
    this.#imageDirectory ??= (await this.#runtime.cri.imageFsInfo().catch(() => []))[0]?.fsId?.mountpoint;
    return this.#imageDirectory ? fsCapacity(this.#imageDirectory) : undefined;
  }

  /** Bytes of containers' writable layers by container id, as the runtime last measured them. */
  async layers(): Promise<ReadonlyMap<string, DiskUsage>> {
    const stats = await this.#runtime.cri.listContainerStats();
    return new Map(
      stats.map(({ attributes, writableLayer }) => [
        attributes.id,
        { bytes: writableLayer?.usedBytes?.value ?? 0, inodes: writableLayer?.inodesUsed?.value ?? 0 },
      ]),
    );
  }

  /** Logs, writable layers and emptyDirs of a pod. */
  async disk(pod: Pod, layers: ReadonlyMap<string, DiskUsage>): Promise<PodDisk> {
    const { uid, name, namespace } = pod.metadata;
    const logs = `${this.#runtime.podLogsDir}/${namespace}_${name}_${uid}`;
    const containers = new Map<string, number>();
    let inodes = 0;
    for (const { id, metadata } of this.#runtime.observed(uid!)?.containers ?? []) {
      const layer = layers.get(id) ?? NOTHING;
      containers.set(metadata.name, (containers.get(metadata.name) ?? 0) + layer.bytes);
      inodes += layer.inodes;
    }
    for (const each of containers.keys()) {
      const used = await this.#walk(`${logs}/${each}`);
      containers.set(each, containers.get(each)! + used.bytes);
      inodes += used.inodes;
    }
    const emptyDirs = new Map<string, number>();
    for (const { name: volume, emptyDir } of pod.spec.volumes ?? []) {
      const directory = emptyDir && emptyDir.medium !== 'Memory' ? this.#runtime.volumePath(uid!, volume) : undefined;
      if (!directory) continue;
      const used = await this.#walk(directory);
      emptyDirs.set(volume, used.bytes);
      inodes += used.inodes;
    }
    const sum = (parts: ReadonlyMap<string, number>) => [...parts.values()].reduce((total, bytes) => total + bytes, 0);
    return { containers, emptyDirs, inodes, total: sum(containers) + sum(emptyDirs) };
  }

  /** All that pods are ranked by. */
  async usage(pod: Pod, layers: ReadonlyMap<string, DiskUsage>): Promise<PodUsage> {
    const uid = pod.metadata.uid!;
    const running = (this.#runtime.observed(uid)?.containers ?? []).filter(isRunning);
    const [own, disk, containers] = await Promise.all([
      readUsage(this.#runtime.podCgroup(uid)),
      this.disk(pod, layers),
      Promise.all(
        running.map(async ({ id, metadata }) => ({
          name: metadata.name,
          memory: (await readUsage(this.#runtime.containerCgroup(uid, id)))?.workingSetBytes ?? 0,
        })),
      ),
    ]);
    return {
      memory: own?.workingSetBytes ?? 0,
      pids: own?.pids ?? 0,
      disk: disk.total,
      inodes: disk.inodes,
      containers: containers.map((each) => ({ ...each, disk: disk.containers.get(each.name) ?? 0, inodes: 0 })),
    };
  }

  async #walk(directory: string): Promise<DiskUsage> {
    const known = this.#walks.get(directory);
    if (known && known.until > steadyNow()) return known.usage;
    for (const [key, { until }] of this.#walks) if (until < steadyNow()) this.#walks.delete(key);
    const started = performance.now();
    const usage = await diskUsage(directory);
    this.#walks.set(directory, { usage, until: steadyNow() + REST_PER_WALK * (performance.now() - started) });
    return usage;
  }
}

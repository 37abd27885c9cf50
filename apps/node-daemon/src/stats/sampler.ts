import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Cgroup, type CriContainerStats, readUsage } from '@windlass/host';
import { sleep } from '@windlass/platform';
import type { Pod } from '@windlass/resources';
import { measurePressure } from '../node/machine.ts';
import { isRunning, nanosToMs, type ObservedContainer } from '../pod/observed.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { type DiskUsage, diskUsage, fsCapacity } from './disk-usage.ts';
import { interfacesOf } from './net-dev.ts';
import type { ContainerSample, Measured, NodeSample, PodSample, VolumeSample } from './sample.ts';

/** Rates are taken over at least so long, and a look this old is not looked at again. */
const MIN_WINDOW_MS = 1000;
const MAX_WINDOW_MS = 60_000;
const FIRST_WINDOW_MS = 300;
/** What walking directories found is good for so long. */
const DISK_TTL_MS = 60_000;

/** Measures the node and its pods from their cgroups when asked; costs nothing otherwise. */
export class StatsSampler {
  readonly #runtime: NodeRuntime;
  readonly #looks = new Map<string, Measured>();
  readonly #disks = new Map<string, { usage: DiskUsage; until: number }>();

  constructor(runtime: NodeRuntime) {
    this.#runtime = runtime;
  }

  /** @param full also file systems, logs, volumes and interfaces */
  async sample(full: boolean): Promise<NodeSample> {
    const nodeGroup = new Cgroup('/', this.#runtime.cgroup.mounts);
    if (full && !this.#hasRecent('node')) {
      await this.#cgroups(nodeGroup);
      await sleep(FIRST_WINDOW_MS);
    }
    const { usage, allPods } = await this.#cgroups(nodeGroup);
    const runtime = this.#runtime;
    const stats = full ? await runtime.cri.listContainerStats().catch(() => []) : [];
    const layers = new Map(stats.map((each) => [each.attributes.id, each]));
    const pods = await Promise.all(runtime.pods().map((pod) => this.#pod(pod, full, layers)));
    const pressure = await measurePressure(runtime.stateDir);
    const [fs, images] = full ? await Promise.all([fsCapacity(runtime.stateDir), runtime.cri.imageFsInfo().catch(() => [])]) : [];
    const image = images?.[0];
    const imageFs = image?.fsId && (await fsCapacity(image.fsId.mountpoint));
    return {
      nodeName: runtime.nodeName,
      time: Date.now(),
      bootTime: Date.now() - os.uptime() * 1000,
      usage,
      memoryCapacityBytes: os.totalmem(),
      allPods,
      interfaces: full ? await interfacesOf('self') : [],
      fs,
      imageFs: imageFs
        ? { ...imageFs, imagesBytes: image.usedBytes?.value ?? 0, imagesInodes: image.inodesUsed?.value ?? 0 }
        : undefined,
      processes: { now: pressure.pids, max: pressure.maxPids },
      pods,
    };
  }

  async #cgroups(nodeGroup: Cgroup): Promise<{ usage: Measured; allPods?: Measured }> {
    const [root, meminfo, allPods] = await Promise.all([
      this.#look('node', nodeGroup),
      readFile('/proc/meminfo', 'utf8'),
      this.#look('pods', this.#runtime.cgroup),
    ]);
    if (root) return { usage: root, allPods };
    // The root of the unified tree has no memory files.
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
    const workingSetBytes = kilobytes('MemTotal') - kilobytes('MemAvailable');
    const memoryBytes = kilobytes('MemTotal') - kilobytes('MemFree');
    const cpu = await nodeGroup.read('cpu', 'cpu.stat');
    const cpuNanos = Number(/^usage_usec (\d+)/m.exec(cpu ?? '')?.[1] ?? 0) * 1000;
    const bare = { memoryBytes, workingSetBytes, cpuNanos, rssBytes: kilobytes('AnonPages'), pageFaults: 0, majorPageFaults: 0 };
    return { usage: this.#rated('node', { ...bare, pids: 0, throttledNanos: 0, throttledPeriods: 0, periods: 0 }), allPods };
  }

  async #pod(pod: Pod, full: boolean, layers: ReadonlyMap<string, CriContainerStats>): Promise<PodSample> {
    const uid = pod.metadata.uid!;
    const running = (this.#runtime.observed(uid)?.containers ?? []).filter(isRunning);
    const group = this.#runtime.podCgroup(uid);
    const [usage, containers] = await Promise.all([
      this.#look(`pod/${uid}`, group),
      Promise.all(running.map((each) => this.#container(uid, each, full, layers.get(each.id)))),
    ]);
    const isWanted = full && usage !== undefined;
    const interfaces = isWanted && !pod.spec.hostNetwork ? await this.#interfaces(group) : [];
    const volumes = isWanted ? await this.#volumes(pod) : [];
    return { pod, usage, containers: containers.filter((each) => each !== undefined), interfaces, volumes };
  }

  async #interfaces(group: Cgroup) {
    const [pid] = await group.processes();
    return pid === undefined ? [] : interfacesOf(pid);
  }

  async #container(
    uid: string,
    { id, metadata, image, startedAt, logPath }: ObservedContainer,
    full: boolean,
    layer: CriContainerStats | undefined,
  ): Promise<ContainerSample | undefined> {
    const usage = await this.#look(`container/${id}`, this.#runtime.containerCgroup(uid, id));
    if (!usage) return undefined;
    const sample = { name: metadata.name, id, image: image?.image ?? '', startedAt: nanosToMs(startedAt), usage };
    if (!full) return sample;
    const { usedBytes, inodesUsed } = layer?.writableLayer ?? {};
    return {
      ...sample,
      rootfs: { bytes: usedBytes?.value ?? 0, inodes: inodesUsed?.value ?? 0 },
      logs: logPath ? await this.#disk(path.dirname(logPath)) : undefined,
    };
  }

  async #volumes(pod: Pod): Promise<VolumeSample[]> {
    const found = await Promise.all(
      (pod.spec.volumes ?? []).map(async ({ name }): Promise<VolumeSample | undefined> => {
        const directory = this.#runtime.volumePath(pod.metadata.uid!, name);
        const fs = directory && (await fsCapacity(directory));
        return directory && fs ? { name, fs, ...(await this.#disk(directory)) } : undefined;
      }),
    );
    return found.filter((each) => each !== undefined);
  }

  async #disk(directory: string): Promise<DiskUsage> {
    const known = this.#disks.get(directory);
    if (known && known.until > Date.now()) return known.usage;
    for (const [key, { until }] of this.#disks) if (until < Date.now()) this.#disks.delete(key);
    const usage = await diskUsage(directory);
    this.#disks.set(directory, { usage, until: Date.now() + DISK_TTL_MS });
    return usage;
  }

  #hasRecent(key: string): boolean {
    const before = this.#looks.get(key);
    return before !== undefined && Date.now() - before.time < MAX_WINDOW_MS;
  }

  async #look(key: string, group: Cgroup): Promise<Measured | undefined> {
    const usage = await readUsage(group);
    if (usage) return this.#rated(key, usage);
    this.#looks.delete(key);
    return undefined;
  }

  #rated(key: string, usage: Omit<Measured, 'time' | 'cpuNanosPerSecond'>): Measured {
    const time = Date.now();
    const before = this.#looks.get(key);
    for (const [other, { time: at }] of this.#looks) if (time - at > 10 * MAX_WINDOW_MS) this.#looks.delete(other);
    const elapsed = before ? time - before.time : 0;
    if (before && elapsed < FIRST_WINDOW_MS) return { ...usage, time, cpuNanosPerSecond: before.cpuNanosPerSecond };
    const isUsable = before && elapsed < MAX_WINDOW_MS && usage.cpuNanos >= before.cpuNanos;
    const cpuNanosPerSecond = isUsable ? Math.round(((usage.cpuNanos - before.cpuNanos) * 1000) / elapsed) : undefined;
    const measured = { ...usage, time, cpuNanosPerSecond };
    if (!before || elapsed >= MIN_WINDOW_MS || before.cpuNanosPerSecond === undefined) this.#looks.set(key, measured);
    return measured;
  }
}

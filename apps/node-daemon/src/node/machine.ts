import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';

/** What this machine is and has. */
export interface Machine {
  cpuMillis: number;
  memoryBytes: number;
  ephemeralBytes: number;
  hostname: string;
  machineId: string;
  systemUuid: string;
  bootId: string;
  kernelVersion: string;
  osImage: string;
  architecture: string;
}

const text = async (file: string): Promise<string> => (await readFile(file, 'utf8').catch(() => '')).trim();
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', ia32: '386' };

/** @param directory on the file system that holds pods' data */
export async function describeMachine(directory: string): Promise<Machine> {
  const [machineId, systemUuid, bootId, release, disk] = await Promise.all([
    text('/etc/machine-id'),
    text('/sys/class/dmi/id/product_uuid'),
    text('/proc/sys/kernel/random/boot_id'),
    text('/etc/os-release'),
    statfs(directory),
  ]);
  return {
    cpuMillis: os.availableParallelism() * 1000,
    memoryBytes: os.totalmem(),
    ephemeralBytes: disk.blocks * disk.bsize,
    hostname: os.hostname(),
    machineId: machineId || bootId.replaceAll('-', ''),
    systemUuid: systemUuid || machineId || bootId,
    bootId,
    kernelVersion: os.release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?/m.exec(release)?.[1] ?? 'Linux',
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
  };
}

export interface Pressure {
  availableMemoryBytes: number;
  diskAvailable: number;
  diskTotal: number;
  inodesFree: number;
  inodesTotal: number;
  pids: number;
  maxPids: number;
}

/** How full the machine is now. */
export async function measurePressure(directory: string): Promise<Pressure> {
  const [memory, disk, threads, maxPids] = await Promise.all([
    text('/proc/meminfo'),
    statfs(directory),
    text('/proc/loadavg'),
    text('/proc/sys/kernel/pid_max'),
  ]);
  return {
    availableMemoryBytes: Number(/^MemAvailable:\s+(\d+)/m.exec(memory)?.[1] ?? 0) * 1024,
    diskAvailable: disk.bavail * disk.bsize,
    diskTotal: disk.blocks * disk.bsize,
    inodesFree: disk.ffree,
    inodesTotal: disk.files,
    pids: Number(threads.split(' ')[3]?.split('/')[1] ?? 0),
    maxPids: Number(maxPids) || Number.POSITIVE_INFINITY,
  };
}

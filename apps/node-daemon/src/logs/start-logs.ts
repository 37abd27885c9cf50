import path from 'node:path';
import { type Logger, sleep } from '@windlass/platform';
import { createSink, driversOf, type LoggingConfig } from './config.ts';
import { findLogFiles, type LogFile } from './log-files.ts';
import { Positions } from './positions.ts';
import { type PodFacts, Shipper } from './shipper.ts';

/** What the node daemon knows of a pod whose lines are shipped. */
export interface LoggedPod {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Container ID and image of a container's instance (restart count), where known. */
  container(name: string, instance: number): { containerId: string; image: string } | undefined;
}

export interface LogsOptions {
  config: LoggingConfig;
  node: string;
  podLogsDir: string;
  /** Directory for the reading positions. */
  stateDir: string;
  /** undefined while the pod is not (or no longer) known. */
  pod(uid: string): LoggedPod | undefined;
  logger: Logger;
  /** How often the directories are looked at, in ms. Default 250. */
  intervalMs?: number;
}

export interface Logs {
  /** Resolves to false while a sink still waits for lines of the (ended) pod: its log directory must stay. Looks afresh. */
  mayRemove(podUid: string): Promise<boolean>;
  /** Driver names in the pod's annotation that the cluster does not have. */
  unknownDrivers(annotations: Readonly<Record<string, string>> | undefined): string[];
  stop(): Promise<void>;
}

const NOTHING: PodFacts = { labels: {}, containerId: '', image: '' };

/** Ships every container line of the node to the drivers of its pod. One loop per driver, so that an absent sink holds up no other. */
export function startLogs(options: LogsOptions): Logs {
  const { config, node, podLogsDir, stateDir, logger } = options;
  const abort = new AbortController();
  const positions = new Positions(path.join(stateDir, 'log-positions.json'));
  const remembered = new Map<string, { drivers: string[]; facts: Map<string, PodFacts> }>();
  const firstMissing = new Map<string, number>();
  const shippers = new Map(
    Object.entries(config.drivers ?? {}).map(([name, driver]) => [
      name,
      new Shipper(name, createSink(driver), positions, node, logger),
    ]),
  );
  let files: LogFile[] = [];

  const look = async () => {
    files = await findLogFiles(podLogsDir);
    positions.keepOnly(new Set(files.map((file) => file.id)));
    const present = new Set(files.map((file) => file.podUid));
    for (const uid of remembered.keys()) if (!present.has(uid)) remembered.delete(uid);
    for (const file of files) remember(file);
  };
  const remember = (file: LogFile) => {
    const pod = options.pod(file.podUid);
    const known = remembered.get(file.podUid) ?? { drivers: config.default ?? [], facts: new Map<string, PodFacts>() };
    if (pod) {
      known.drivers = driversOf(pod.annotations, config).drivers;
      const container = pod.container(file.container, file.instance);
      const key = `${file.container}/${file.instance}`;
      const before = known.facts.get(key) ?? NOTHING;
      known.facts.set(key, { containerId: before.containerId, image: before.image, ...container, labels: pod.labels });
    }
    remembered.set(file.podUid, known);
  };
  const facts = (file: LogFile): PodFacts =>
    remembered.get(file.podUid)?.facts.get(`${file.container}/${file.instance}`) ?? NOTHING;
  const filesOf = (driver: string) => files.filter((file) => remembered.get(file.podUid)?.drivers.includes(driver));

  const interval = options.intervalMs ?? 250;
  const loops = [...shippers].map(async ([name, shipper]) => {
    while (!abort.signal.aborted) {
      try {
        await shipper.ship(filesOf(name), facts, abort.signal);
      } catch (err) {
        if (!abort.signal.aborted) logger.error({ err, sink: name }, 'log shipping failed, trying again');
      }
      await sleep(interval, abort.signal);
    }
  });
  const looking = (async () => {
    while (!abort.signal.aborted) {
      if (shippers.size > 0) await look().catch((err) => logger.error({ err }, 'cannot list the log files'));
      await sleep(interval, abort.signal);
    }
  })();

  return {
    async mayRemove(podUid) {
      if (shippers.size === 0) return true;
      await look();
      const waiting = files.some(
        (file) =>
          file.podUid === podUid &&
          remembered.get(podUid)?.drivers.some((driver) => shippers.get(driver)?.isShipped(file) === false),
      );
      if (!waiting) {
        firstMissing.delete(podUid);
        return true;
      }
      const since = firstMissing.get(podUid) ?? Date.now();
      firstMissing.set(podUid, since);
      return Date.now() - since > (config.holdSeconds ?? 3600) * 1000;
    },
    unknownDrivers: (annotations) => driversOf(annotations, config).unknown,
    async stop() {
      abort.abort();
      await Promise.all([...loops, looking]);
      for (const shipper of shippers.values()) shipper.close();
    },
  };
}

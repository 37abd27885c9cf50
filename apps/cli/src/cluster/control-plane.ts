import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { ApiServerConfig } from '@windlass/api-server';
import type { ControllerManagerConfig } from '@windlass/controller-manager';
import { type ProcessSpec, postgresCommand, redisCommand } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import type { SchedulerConfig } from '@windlass/scheduler';
import { apiServerReady } from './api.ts';
import { hostAddress, systemAddresses } from './nodes.ts';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';
import { ensurePki } from './pki.ts';

/** Database, queue, API server, controller manager, scheduler. */
export async function* controlPlane(options: ClusterOptions, logger: Logger): AsyncGenerator<ProcessSpec[]> {
  const paths = clusterPaths(options.stateDir);
  await ensurePki(options);
  const stores: ProcessSpec[] = [];
  let { databaseUrl, redisUrl } = options;
  if (!databaseUrl) {
    const postgres = await postgresCommand({ dataDir: paths.postgres, socketDir: paths.postgresSocket });
    databaseUrl = postgres.url;
    stores.push({ name: 'postgres', ...postgres, ...filesOf(options, 'postgres') });
  }
  if (!redisUrl) {
    const redis = await redisCommand({ dataDir: paths.redis });
    redisUrl = redis.url;
    stores.push({ name: 'redis', ...redis, ...filesOf(options, 'redis') });
  }
  logger.info({ processes: stores.map((spec) => spec.name) }, 'starting');
  yield stores;

  yield [{ ...application(options, 'api-server', apiServerConfig(options, databaseUrl)), ready: () => apiServerReady(options) }];
  yield [
    application(options, 'controller-manager', {
      kubeconfig: paths.kubeconfig('controller-manager'),
      pkiDir: paths.pki,
      clusterCidr: options.podCidr,
      serviceCidr: options.serviceCidr,
      nodeCidrMaskSize: 24,
      identity: hostname(),
    } satisfies ControllerManagerConfig),
    application(options, 'scheduler', { kubeconfig: paths.kubeconfig('scheduler'), redisUrl, identity: hostname() } satisfies SchedulerConfig),
  ];
}

const apiServerConfig = (options: ClusterOptions, databaseUrl: string): ApiServerConfig => ({
  databaseUrl,
  listen: { host: '0.0.0.0', port: options.apiPort },
  advertise: { host: hostAddress(options), port: options.apiPort },
  pkiDir: clusterPaths(options.stateDir).pki,
  serviceCidr: options.serviceCidr,
  clusterDomain: options.clusterDomain,
});

/** Addresses and names under which clients reach the API server. */
export const servingHosts = (options: ClusterOptions): string[] => [
  'localhost',
  '127.0.0.1',
  '::1',
  hostname(),
  hostAddress(options),
  systemAddresses(options).kubernetes,
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${options.clusterDomain}`,
];

export const filesOf = (options: ClusterOptions, name: string): Pick<ProcessSpec, 'logFile' | 'pidFile'> => {
  const paths = clusterPaths(options.stateDir);
  return { logFile: paths.log(name), pidFile: paths.pid(name) };
};

/** One of our own applications: writes its configuration and says how to run it. `prefix` is a command that runs it elsewhere (a network namespace). */
export function application(options: ClusterOptions, name: string, config: object, bundle = name, prefix: readonly string[] = []): ProcessSpec {
  const file = clusterPaths(options.stateDir).config(name);
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  const program = path.join(import.meta.dirname, `${bundle}.mjs`);
  const [command, ...args] = [...prefix, process.execPath, '--enable-source-maps', program, '--config', file];
  return { name, command: command!, args, ...filesOf(options, name) };
}

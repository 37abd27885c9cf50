import { hostname } from 'node:os';
import type { ApiServerConfig } from '@windlass/api-server';
import type { ControllerManagerConfig } from '@windlass/controller-manager';
import { type ProcessSpec, postgresCommand, redisCommand } from '@windlass/host';
import type { Logger } from '@windlass/platform';
import type { SchedulerConfig } from '@windlass/scheduler';
import { apiServerReady } from './api.ts';
import { hostAddress, loadBalancerPool } from './nodes.ts';
import type { ClusterOptions } from './options.ts';
import { clusterPaths } from './paths.ts';
import { ensurePki } from './pki.ts';
import { application, filesOf } from './processes.ts';

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
      loadBalancerPool: options.nodes > 0 || options.loadBalancerPool ? loadBalancerPool(options) : [],
      localStorageClass: 'local',
      identity: hostname(),
    } satisfies ControllerManagerConfig),
    application(options, 'scheduler', {
      kubeconfig: paths.kubeconfig('scheduler'),
      redisUrl,
      identity: hostname(),
    } satisfies SchedulerConfig),
  ];
}

const apiServerConfig = (options: ClusterOptions, databaseUrl: string): ApiServerConfig => ({
  databaseUrl,
  listen: { host: '0.0.0.0', port: options.apiPort },
  advertise: { host: hostAddress(options), port: options.apiPort },
  pkiDir: clusterPaths(options.stateDir).pki,
  serviceCidr: options.serviceCidr,
  clusterCidr: options.podCidr,
  clusterDomain: options.clusterDomain,
});

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { createClient, InformerFactory, loadKubeconfig } from '@windlass/client';
import { startManager } from '@windlass/controller';
import { createLogger, type Logger } from '@windlass/platform';
import { controllers } from './controllers.ts';
import { identities } from './identity/identities.ts';

export interface ControllerManagerConfig {
  /** Path of a kubeconfig file. */
  kubeconfig: string;
  /** Where ca.crt and ca.key are; without it no certificate is signed. */
  pkiDir?: string;
  /** The longest that a certificate signed for a CertificateSigningRequest lasts. Default a year. */
  clusterSigningSeconds?: number;
  /** Pod addresses of all nodes; without it nodes get no podCIDR. */
  clusterCidr?: string;
  /** Default 24 (IPv4). */
  nodeCidrMaskSize?: number;
  serviceCidr?: string;
  /** Addresses for services of type LoadBalancer: `FIRST-LAST` or networks. Absent or empty: none gets one. */
  loadBalancerPool?: string[];
  /** Name of the default StorageClass of directories on the nodes, made when it is missing. Absent: none is made. */
  localStorageClass?: string;
  /** Name in the leader lease. Default host name and a random part. */
  identity?: string;
  /** Names of the controllers to run. Default all. */
  controllers?: string[];
  /** false: run at once without a lease (tests, single process). */
  leaderElect?: boolean;
  /** A node whose lease was not renewed for so long is Unknown. Default 40. */
  nodeMonitorGraceSeconds?: number;
  /** Default 5. */
  nodeMonitorPeriodSeconds?: number;
  /** Default 15. */
  hpaSyncPeriodSeconds?: number;
  /** Scale down waits for the highest recommendation of so long. Default 300. */
  hpaDownscaleStabilizationSeconds?: number;
  /** Default 12,500 as Kubernetes; finished pods beyond it are removed. */
  terminatedPodThreshold?: number;
}

/** The configuration and what was read for it. */
export interface ResolvedConfig extends ControllerManagerConfig {
  /** PEM of the CA that pods verify the API server with. */
  rootCa?: string;
}

/** Starts the controllers (once this process leads). @returns `leading` and `stop`, which ends the controllers and releases the lease */
export async function startControllerManager(
  config: ControllerManagerConfig,
  logger: Logger = createLogger('controller-manager'),
): Promise<{ leading(): boolean; stop(): Promise<void> }> {
  const connection = loadKubeconfig(config.kubeconfig);
  const resolved: ResolvedConfig = { ...config, rootCa: connection.ca?.toString() };
  const options = { userAgent: 'windlass-controller-manager' };
  const client = createClient(connection, options);
  const informers = new InformerFactory(client, {
    onError: (error, during) => logger[during === 'handler' ? 'error' : 'warn']({ err: error }, `informer: ${during} failed`),
  });
  const own = identities(connection, { client, informers, logger, now: () => new Date() }, options);
  const manager = startManager({
    client,
    informers,
    logger,
    controllers: () =>
      Object.entries(controllers)
        .filter(([name]) => !config.controllers || config.controllers.includes(name))
        .flatMap(([name, make]) => make(own.contextOf(name), resolved) ?? []),
    leaderElection:
      config.leaderElect === false
        ? undefined
        : {
            namespace: 'kube-system',
            name: 'kube-controller-manager',
            identity: config.identity ?? `${os.hostname()}_${randomUUID()}`,
          },
    onLeading: () => logger.info('leading'),
  });
  return {
    leading: manager.leading,
    async stop() {
      await manager.stop();
      own.close();
      client.close();
    },
  };
}

import {
  type AdmissionPlugin,
  type Allocator,
  createHttpServer,
  Decoders,
  Definitions,
  type Extensions,
  openApiPaths,
  Pipeline,
  ProtobufForms,
  Reader,
  Registry,
  type ResourceReader,
  type ResourceWriter,
  type ServerParts,
} from '@windlass/apiserver';
import { cidrAddress, parseCidr } from '@windlass/meta';
import { type ClusterPki, ensureClusterPki } from '@windlass/pki';
import { type Logger, metricsText, PROMETHEUS_CONTENT_TYPE } from '@windlass/platform';
import { allDefinitions, protobufSource, scale, schemaDocs, schemaNames, schemaOfKind, schemaSource } from '@windlass/resources';
import { type ObjectStore, startCompaction, WatchCache, type WatchCacheOptions } from '@windlass/store';
import { addActions } from './actions/index.ts';
import { builtinPlugins, resourceQuota, sortPlugins } from './admission/index.ts';
import { startAudit } from './audit/index.ts';
import { bootstrapObjects } from './bootstrap/index.ts';
import type { ApiServerConfig } from './config.ts';
import { addConnects } from './connect/index.ts';
import { followCustomResources } from './custom-resources/index.ts';
import { openStore } from './encryption/open-store.ts';
import { startFlowControl } from './flow/index.ts';
import { KubeletClient } from './kubelet/kubelet-client.ts';
import { startMetrics } from './metrics/index.ts';
import { healthPath } from './paths/health.ts';
import { GIT_VERSION, versionPath } from './paths/version.ts';
import { admissionPolicies } from './policies/index.ts';
import { cacheReader } from './reader.ts';
import { secure } from './security.ts';
import { joinServers, startServices } from './services/index.ts';
import { admissionWebhooks, settleWith } from './webhooks/index.ts';
import { loopbackWriter } from './writer.ts';

/** Fields by which the watch cache keeps indexes, so that a node daemon's watch costs only its own pods. */
const INDEXES: NonNullable<WatchCacheOptions['indexes']> = {
  '/core/pods/': ['spec.nodeName'],
};

/** What the parts of the application build upon. */
export interface Foundation {
  config: ApiServerConfig;
  pki: ClusterPki;
  reader: ResourceReader;
  writer: ResourceWriter;
  store: ObjectStore;
  cache: WatchCache;
  definitions: Definitions;
  extensions: Extensions;
  kubelets: KubeletClient;
  logger: Logger;
}

export interface ApiServer {
  url: string;
  port: number;
  pki: ClusterPki;
  stop(): Promise<void>;
}

/** Starts an API server on a database; several on the same one are fine. Resolves when it answers. */
export async function startApiServer(config: ApiServerConfig, logger: Logger): Promise<ApiServer> {
  const clusterDomain = config.clusterDomain ?? 'cluster.local';
  const services = parseCidr(config.serviceCidr);
  if (!services) throw new Error(`serviceCidr ${config.serviceCidr} is no network`);
  const pki = await ensureClusterPki(config.pkiDir, {
    hosts: ['localhost', '127.0.0.1', '::1', ...(config.advertise ? [config.advertise.host] : [])],
    clusterDomain,
    serviceIp: cidrAddress(services, 1),
  });
  const { store, rewriteStale } = await openStore(config, logger);
  const cache = await WatchCache.start(store, { indexes: INDEXES });
  const definitions = new Definitions(allDefinitions);
  const plugins: AdmissionPlugin[] = [];
  const allocators: Allocator[] = [];
  const registry = new Registry({ store, cache, plugins, allocators, schemas: schemaSource });
  const reader = cacheReader(cache);
  const writer = loopbackWriter(definitions, registry);
  const extensions: Extensions = { actions: new Map(), connects: new Map(), virtual: new Map(), paths: new Map() };
  const kubelets = new KubeletClient({ pki, reader });
  const foundation: Foundation = { config, pki, reader, writer, store, cache, definitions, extensions, kubelets, logger };

  const audit = startAudit(config, logger);
  const security = secure(foundation, registry);
  addActions(foundation, registry);
  addConnects(foundation, security.authorizer);
  addPaths(foundation);
  const decoders = new Decoders(schemaSource, (kind) => definitions.hasKind(kind));
  const settle = settleWith(decoders, () => new Date());
  const webhooks = admissionWebhooks(foundation, security.authorizer, settle);
  plugins.push(
    ...builtinPlugins(reader),
    resourceQuota(reader, registry, definitions.stored('', 'resourcequotas')!),
    ...security.plugins,
    ...webhooks.plugins,
    ...admissionPolicies({ reader, definitions, authorizer: security.authorizer, registry, settle }),
  );
  sortPlugins(plugins);

  await bootstrapObjects(foundation, pki, config);
  const stopServices = await startServices(foundation, allocators);
  const customResources = followCustomResources(foundation, registry, webhooks.client);
  const flowControl = startFlowControl(foundation);
  const stopMetrics = startMetrics(foundation);
  await cache.readFresh();

  const parts: ServerParts = {
    definitions,
    scale,
    schemas: schemaSource,
    protobuf: new ProtobufForms(protobufSource, schemaOfKind),
    decoders,
    store,
    cache,
    registry,
    reader: new Reader(store, cache),
    authenticators: security.authenticators,
    authorizer: security.authorizer,
    flow: flowControl.flow,
    audit: audit.auditor,
    extensions,
    lateDefinition: (group, version, resource) => customResources.find(group, version, resource),
    indexOf: ({ group, names }) => INDEXES[`/${group || 'core'}/${names.plural}/`] ?? [],
    logger,
  };
  const http = await createHttpServer(new Pipeline(parts), {
    cert: pki.serverCert,
    key: pki.serverKey,
    clientCa: [pki.caCert, pki.frontProxyCaCert],
  });
  await http.listen(config.listen.port, config.listen.host);
  const { port } = http.getHttpServer().address() as { port: number };
  const leases = await joinServers(foundation, port);
  const stopCompaction = startCompaction(store, { onError: (err: unknown) => logger.warn({ err }, 'compaction') });
  logger.info({ port }, 'serving');
  const rewriting = rewriteStale();
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    pki,
    async stop() {
      await leases.stop().catch((err: unknown) => logger.warn({ err }, 'lease of this server not given back'));
      stopServices();
      security.stop();
      await rewriting.stop();
      await stopCompaction();
      customResources.stop();
      webhooks.client.close();
      stopMetrics();
      flowControl.stop();
      kubelets.close();
      await cache.stop();
      await http.close();
      await audit.stop();
      await store.close();
    },
  };
}

function addPaths({ definitions, extensions, store }: Foundation): void {
  const ping = async () => {};
  const database = async () => void (await store.currentRevision());
  const checks = {
    live: new Map([['ping', ping]]),
    ready: new Map([
      ['ping', ping],
      ['database', database],
    ]),
  };
  for (const path of ['/version', '/version/']) extensions.paths.set(path, versionPath);
  extensions.paths.set('/metrics', async () => ({
    status: 200,
    contentType: PROMETHEUS_CONTENT_TYPE,
    body: await metricsText(),
  }));
  const openApi = { schemas: schemaSource, schemaNames: schemaNames(), docs: schemaDocs, version: GIT_VERSION };
  for (const [path, handler] of openApiPaths(definitions, openApi)) extensions.paths.set(path, handler);
  for (const [root, set] of [
    ['/healthz', checks.ready],
    ['/livez', checks.live],
    ['/readyz', checks.ready],
  ] as const) {
    extensions.paths.set(root, healthPath(root, set));
    extensions.paths.set(`${root}/`, healthPath(root, set));
  }
}

import { extensionKey } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { nodeMetrics, nodeMetricsDefinition, podMetrics, podMetricsDefinition } from './resources.ts';
import { startScraper } from './scraper.ts';
import { UsageStore } from './usage-store.ts';

const DEFAULT_RESOLUTION_SECONDS = 15;

/** Serves metrics.k8s.io/v1beta1 as metrics-server would, from what the nodes' kubelet APIs measure. @returns the function that ends it */
export function startMetrics({ config, definitions, extensions, reader, kubelets, logger }: Foundation): () => void {
  const store = new UsageStore();
  for (const [definition, resource] of [
    [nodeMetricsDefinition, nodeMetrics(reader, store)],
    [podMetricsDefinition, podMetrics(reader, store)],
  ] as const) {
    definitions.replace(definition.group, definition.names.plural, [definition]);
    extensions.virtual.set(extensionKey(definition.group, definition.names.plural), resource);
  }
  return startScraper({
    reader,
    kubelets,
    store,
    periodMs: (config.metricsResolutionSeconds ?? DEFAULT_RESOLUTION_SECONDS) * 1000,
    onError: (node, err) => logger.debug({ node, err }, 'node metrics'),
  });
}

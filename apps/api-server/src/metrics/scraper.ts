import type { ResourceReader } from '@windlass/apiserver';
import type { Node } from '@windlass/resources';
import type { KubeletClient } from '../kubelet/kubelet-client.ts';
import { parseResourceMetrics } from './parse.ts';
import type { UsageStore } from './usage-store.ts';

export interface ScraperParts {
  reader: ResourceReader;
  kubelets: Pick<KubeletClient, 'fetchText'>;
  store: UsageStore;
  periodMs: number;
  /** A node did not answer. */
  onError: (node: string, error: unknown) => void;
}

/** Reads every node's /metrics/resource once per period, spread over its first half. @returns the function that ends it */
export function startScraper({ reader, kubelets, store, periodMs, onError }: ScraperParts): () => void {
  let stopped = false;
  let known = new Set<string>();
  const scrape = async (node: string) => {
    await new Promise((resolve) => setTimeout(resolve, (Math.random() * periodMs) / 2).unref());
    if (stopped) return;
    try {
      const text = await kubelets.fetchText(node, '/metrics/resource', { timeoutMs: Math.min(10_000, periodMs) });
      store.add(node, parseResourceMetrics(text, Date.now()));
    } catch (error) {
      onError(node, error);
    }
  };
  const round = () => {
    const names = new Set(
      (reader.list('', 'nodes') as Node[]).filter(isReachable).map(({ metadata }) => metadata.name as string),
    );
    for (const name of known) if (!names.has(name)) store.forget(name);
    known = names;
    for (const name of names) void scrape(name);
  };
  const timer = setInterval(round, periodMs);
  timer.unref();
  round();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/** A node that has not told its address yet (or never had a kubelet) is not asked. */
const isReachable = ({ status }: Node): boolean => (status?.addresses?.length ?? 0) > 0;

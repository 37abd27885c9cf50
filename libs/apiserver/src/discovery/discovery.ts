import { createHash } from 'node:crypto';
import type { Definitions } from '../definitions.ts';
import { apiGroup, groupDiscovery, groups, resourceList } from './documents.ts';

export interface DiscoveryAnswer {
  document: object;
  /** Set for the aggregated form. */
  contentType?: string;
  etag?: string;
}

const AGGREGATED = /application\/json;(?=[^,]*as=APIGroupDiscoveryList)(?=[^,]*g=apidiscovery\.k8s\.io)[^,]*v=(v2)\b/;

interface Cache {
  generation: number;
  answers: Map<string, DiscoveryAnswer | undefined>;
}
const caches = new WeakMap<Definitions, Cache>();

/** The discovery document at `path`; undefined when there is none. Documents are kept until a definition comes or goes. */
export function discovery(definitions: Definitions, path: string, accept: string | undefined): DiscoveryAnswer | undefined {
  let cache = caches.get(definitions);
  if (cache?.generation !== definitions.generation) {
    cache = { generation: definitions.generation, answers: new Map() };
    caches.set(definitions, cache);
  }
  const version = path === '/api' || path === '/apis' ? AGGREGATED.exec(accept ?? '')?.[1] : undefined;
  const key = `${path} ${version ?? ''}`;
  if (!/^\/apis?(\/[^/]+){0,2}$/.test(path)) return undefined;
  if (!cache.answers.has(key)) cache.answers.set(key, answer(definitions, path, version));
  return cache.answers.get(key);
}

function answer(definitions: Definitions, path: string, aggregated: string | undefined): DiscoveryAnswer | undefined {
  const all = groups(definitions);
  const [, prefix, first, second] = path.split('/');
  if (aggregated) {
    const wanted = [...all].filter(([group]) => (group === '') === (prefix === 'api'));
    const items = wanted.map(([group, versions]) => groupDiscovery(group, versions));
    const document = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${aggregated}`, metadata: {}, items };
    const etag = createHash('sha512').update(JSON.stringify(document)).digest('hex').toUpperCase();
    return {
      document,
      etag: `"${etag}"`,
      contentType: `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`,
    };
  }
  if (prefix === 'api') {
    const core = all.get('') ?? new Map();
    if (!first) return { document: { kind: 'APIVersions', versions: [...core.keys()], serverAddressByClientCIDRs: [] } };
    const list = second ? undefined : core.get(first);
    return list && { document: resourceList('', first, list) };
  }
  if (!first) {
    const list = [...all].filter(([group]) => group !== '').map(([group, versions]) => apiGroup(group, versions.keys()));
    return { document: { kind: 'APIGroupList', apiVersion: 'v1', groups: list } };
  }
  const versions = all.get(first);
  if (!versions || first === '') return undefined;
  if (!second) return { document: { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(first, versions.keys()) } };
  const list = versions.get(second);
  return list && { document: resourceList(first, second, list) };
}

import { goQuote } from '@windlass/meta';
import type { Volume, VolumeProjection } from '../types.gen.ts';

interface Placed {
  path: string;
  /** Which of several sources of one volume places the file; '' where there is but one. */
  source: string;
}

const placed = (items: readonly { path: string }[] | undefined, source = ''): Placed[] =>
  (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

const named = (kind: string, name = ''): string => `${kind} ${goQuote(name)}`;

function projectedFiles(source: VolumeProjection): Placed[] {
  const { secret, configMap, downwardAPI, serviceAccountToken: token, clusterTrustBundle: bundle } = source;
  if (configMap) return placed(configMap.items, named('ConfigMap', configMap.name));
  if (secret) return placed(secret.items, named('Secret', secret.name));
  if (downwardAPI) return placed(downwardAPI.items, 'DownwardAPI');
  if (token) return placed([token], 'ServiceAccountToken');
  return bundle ? placed([bundle], named('ClusterTrustBundle', bundle.name ?? bundle.signerName)) : [];
}

const contains = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

const text = ({ path, source }: Placed): string => (source ? `${goQuote(path)} (${source})` : goQuote(path));

/** The same path twice, or one inside the other: the later file would hide or break the earlier. */
const overlaps = (files: readonly Placed[]): string[] =>
  files.flatMap((file, i) =>
    files
      .slice(0, i)
      .filter((other) => contains(other.path, file.path) || contains(file.path, other.path))
      .map((other) => `${text(file)} with ${text(other)}`),
  );

function describe({ configMap, secret, downwardAPI, projected }: Volume): { kind: string; files: Placed[] } | undefined {
  if (configMap) return { kind: named('ConfigMap', configMap.name), files: placed(configMap.items) };
  if (secret) return { kind: named('Secret', secret.secretName), files: placed(secret.items) };
  if (downwardAPI) return { kind: 'DownwardAPI', files: placed(downwardAPI.items) };
  if (projected) return { kind: 'Projected', files: (projected.sources ?? []).flatMap(projectedFiles) };
  return undefined;
}

/** warningsForOverlappingVirtualPaths: files that a volume would place over each other. */
export const overlappingPathWarnings = (volumes: readonly Volume[]): string[] =>
  volumes.flatMap((volume) => {
    const { kind, files } = describe(volume) ?? { kind: '', files: [] };
    const head = `volume ${goQuote(volume.name)} (${kind})`;
    const empty = (volume.projected?.sources ?? []).filter((source) => Object.keys(source).length === 0);
    return [
      ...empty.map(() => `${head} has no sources provided`),
      ...overlaps(files).map((one) => `${head}: overlapping paths: ${one}`),
    ];
  });

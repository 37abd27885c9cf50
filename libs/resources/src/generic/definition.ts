import type { AnyObject, ResourceDefinition, Subresource, Verb } from '@windlass/meta';
import table from '../../data/api-resources.json' with { type: 'json' };
import { behaviourOf, statusKeeps } from './behaviour.ts';
import { createdAtColumn, nameColumn } from './columns.ts';

interface Row {
  group: string;
  version: string;
  kind: string;
  namespaced: boolean;
  plural: string;
  singular: string;
  verbs: string[];
  schema: string;
  short?: string[];
  categories?: string[];
  subresources?: Record<string, { verbs: string[]; group: string; version: string; kind: string }>;
}

const rows = table as unknown as Row[];
const ACTIONS = new Set(['binding', 'eviction', 'token']);
const CONNECTS = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);
const WRITES: Record<string, string[]> = {
  status: ['status'],
  finalize: ['spec.finalizers'],
  approval: ['status.conditions'],
  ephemeralcontainers: ['spec.ephemeralContainers'],
  resize: ['spec.containers', 'spec.initContainers', 'spec.resources'],
};

function subresource(name: string, row: NonNullable<Row['subresources']>[string], owner: Row): Subresource {
  const verbs = row.verbs as Verb[];
  const body = { group: row.group, version: row.version, kind: row.kind };
  if (ACTIONS.has(name)) return { type: 'action', verbs, body };
  if (CONNECTS.has(name)) return { type: 'connect', verbs, body };
  if (name === 'scale')
    return {
      type: 'scale',
      verbs,
      specReplicasPath: 'spec.replicas',
      statusReplicasPath: 'status.replicas',
      selectorPath: 'spec.selector',
    };
  const keepsMetadata = name === 'status' ? statusKeeps(owner.group, owner.plural) : false;
  return { type: 'view', verbs, writes: WRITES[name] ?? ['status'], keepsMetadata };
}

export type DefinitionOverrides<T> = Partial<Omit<ResourceDefinition<T>, 'group' | 'version' | 'kind' | 'subresources'>> & {
  /** Merged into the subresources that discovery names. */
  subresources?: Record<string, Partial<Subresource<T>>>;
};

/**
 * A kind of Kubernetes' own API: names, scope, verbs, schema and subresources come from data/api-resources.json, the rest from `overrides`.
 * @throws Error for a resource that is not in the data
 */
export function builtin<T = AnyObject>(
  apiVersion: string,
  plural: string,
  overrides: DefinitionOverrides<T> = {},
): ResourceDefinition<T> {
  const row = rows.find((r) => (r.group ? `${r.group}/${r.version}` : r.version) === apiVersion && r.plural === plural);
  if (!row) throw new Error(`api-resources.json has no ${apiVersion} ${plural}`);
  const subresources = Object.fromEntries(
    Object.entries(row.subresources ?? {}).map(([name, about]) => [
      name,
      { ...subresource(name, about, row), ...overrides.subresources?.[name] } as Subresource<T>,
    ]),
  );
  return {
    group: row.group,
    version: row.version,
    kind: row.kind,
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    names: { plural: row.plural, singular: row.singular, short: row.short, categories: row.categories },
    schema: row.schema,
    verbs: row.verbs as Verb[],
    columns: [nameColumn, createdAtColumn] as ResourceDefinition<T>['columns'],
    ...behaviourOf(row.group, row.plural),
    ...overrides,
    subresources,
  };
}

/** Every resource of the data, as `[apiVersion, plural]`. */
export const builtinNames = (): [string, string][] =>
  rows.map((r) => [r.group ? `${r.group}/${r.version}` : r.version, r.plural]);

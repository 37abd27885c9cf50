import { createHash } from 'node:crypto';
import { ALL_VERBS, apiVersionOf, type ResourceDefinition, type Subresource } from '@windlass/meta';
import type { Definitions } from '../definitions.ts';

/** Order of kube-apiserver's built-in groups; what is not listed follows by name. */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** v1 before v1beta1 before v1alpha1, higher numbers first (k8s.io/apimachinery/pkg/version.CompareKubeAwareVersionStrings). */
export function compareVersions(a: string, b: string): number {
  const parse = (version: string) => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return undefined;
    return [match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)] as const;
  };
  const [x, y] = [parse(a), parse(b)];
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2];
}

/** group → versions → definitions, in the order that discovery shows. */
export function groups(definitions: Definitions): Map<string, Map<string, ResourceDefinition[]>> {
  const all = new Map<string, Map<string, ResourceDefinition[]>>();
  const rank = (group: string) => {
    const at = GROUP_ORDER.indexOf(group);
    return at < 0 ? GROUP_ORDER.length : at;
  };
  const sorted = definitions
    .all()
    .sort(
      (a, b) =>
        rank(a.group) - rank(b.group) ||
        (a.group < b.group ? -1 : a.group > b.group ? 1 : 0) ||
        compareVersions(a.version, b.version),
    );
  for (const definition of sorted) {
    const versions = all.get(definition.group) ?? new Map<string, ResourceDefinition[]>();
    all.set(definition.group, versions);
    versions.set(definition.version, [...(versions.get(definition.version) ?? []), definition]);
  }
  return all;
}

export const apiGroup = (group: string, versions: Iterable<string>) => {
  const list = [...versions].map((version) => ({ groupVersion: apiVersionOf(group, version), version }));
  return { name: group, versions: list, preferredVersion: list[0] };
};

/** First 8 bytes of SHA-256 of group/version/kind, base64 (k8s.io/apiserver/pkg/endpoints/discovery.StorageVersionHash). */
export const storageVersionHash = (group: string, version: string, kind: string): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');

const bodyOf = (definition: ResourceDefinition, name: string, sub: Subresource) => {
  const own = { group: definition.group, version: definition.version, kind: definition.kind };
  if (sub.type === 'view') return own;
  return sub.type === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { ...sub.body, name };
};

/** The order in which apiextensions-apiserver names the verbs of custom resources. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch'];

function mainVerbs({ verbs = ALL_VERBS, custom }: ResourceDefinition): string[] {
  if (!custom) return sortedVerbs(verbs);
  return custom.terminating ? TERMINATING_VERBS : CUSTOM_VERBS;
}

const sortedVerbs = (verbs: readonly string[]): string[] => [...verbs].sort();

const isStored = (definition: ResourceDefinition): boolean => (definition.verbs ?? ALL_VERBS).includes('watch');

/** APIResourceList of one group version. */
export function resourceList(group: string, version: string, definitions: readonly ResourceDefinition[]) {
  const resources = definitions.flatMap((definition) => {
    const { names, scope, kind } = definition;
    const namespaced = scope === 'Namespaced';
    const stored = definition.storedAs ?? { group, version: definition.storageVersion ?? version };
    const main = {
      name: names.plural,
      singularName: names.singular,
      namespaced,
      kind,
      verbs: mainVerbs(definition),
      ...(names.short?.length ? { shortNames: names.short } : {}),
      ...(names.categories?.length ? { categories: names.categories } : {}),
      ...(isStored(definition) ? { storageVersionHash: storageVersionHash(stored.group, stored.version, kind) } : {}),
    };
    const subs = Object.entries(definition.subresources ?? {}).map(([sub, about]) => {
      const body = bodyOf(definition, sub, about);
      const foreign = body.group !== group || body.version !== version;
      return {
        name: `${names.plural}/${sub}`,
        singularName: '',
        namespaced,
        ...(foreign ? { group: body.group, version: body.version } : {}),
        kind: body.kind,
        verbs: sortedVerbs(about.verbs),
      };
    });
    return [main, ...subs];
  });
  return {
    kind: 'APIResourceList',
    ...(group ? { apiVersion: 'v1' } : {}),
    groupVersion: apiVersionOf(group, version),
    resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** apidiscovery.k8s.io APIGroupDiscovery of one group. */
export function groupDiscovery(group: string, versions: ReadonlyMap<string, readonly ResourceDefinition[]>) {
  return {
    metadata: group ? { name: group } : {},
    versions: [...versions].map(([version, definitions]) => ({
      version,
      resources: [...definitions]
        .sort((a, b) => (a.names.plural < b.names.plural ? -1 : 1))
        .map((definition) => {
          const { names, kind, scope } = definition;
          const subs = Object.entries(definition.subresources ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
          return {
            resource: names.plural,
            responseKind: { group: '', version: '', kind },
            scope,
            singularResource: names.singular,
            verbs: mainVerbs(definition),
            ...(names.short?.length ? { shortNames: names.short } : {}),
            ...(names.categories?.length ? { categories: names.categories } : {}),
            ...(subs.length > 0
              ? {
                  subresources: subs.map(([sub, about]) => {
                    const body = bodyOf(definition, sub, about);
                    const foreign = body.group !== definition.group || body.version !== definition.version;
                    return {
                      subresource: sub,
                      responseKind: foreign
                        ? { group: body.group, version: body.version, kind: body.kind }
                        : { group: '', version: '', kind: body.kind },
                      verbs: sortedVerbs(about.verbs),
                    };
                  }),
                }
              : {}),
          };
        }),
      freshness: 'Current',
    })),
  };
}

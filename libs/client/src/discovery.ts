import { parseApiVersion } from '@windlass/meta';
import type { ResourceRef } from './resource-client.ts';
import type { RequestOptions } from './transport.ts';

/** A top-level resource as discovery shows it (no subresources). */
export interface ServedResource extends ResourceRef {
  kind: string;
  verbs: string[];
  /** Whether this version is the group's preferred one for it. */
  preferred: boolean;
}

interface GroupList {
  groups: { name: string; versions: { groupVersion: string }[]; preferredVersion: { groupVersion: string } }[];
}
interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}
type Request = <R>(options: RequestOptions) => Promise<R>;

/** Reads the unaggregated discovery documents, which every server and every aggregated API has. */
export async function discover(
  request: Request,
  signal?: AbortSignal,
): Promise<{ resources: ServedResource[]; failed: string[] }> {
  const { groups } = await request<GroupList>({ method: 'GET', path: '/apis', signal });
  const versions = [
    { groupVersion: 'v1', preferred: true },
    ...groups.flatMap((group) =>
      group.versions.map(({ groupVersion }) => ({
        groupVersion,
        preferred: groupVersion === group.preferredVersion?.groupVersion,
      })),
    ),
  ];
  const failed: string[] = [];
  const lists = await Promise.all(
    versions.map(async ({ groupVersion, preferred }) => {
      const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
      try {
        const list = await request<ResourceList>({ method: 'GET', path, signal });
        return list.resources
          .filter(({ name }) => !name.includes('/'))
          .map(({ name, kind, namespaced, verbs }): ServedResource => {
            return { ...parseApiVersion(groupVersion), resource: name, kind, namespaced, verbs, preferred };
          });
      } catch {
        failed.push(groupVersion);
        return [];
      }
    }),
  );
  return { resources: lists.flat(), failed };
}

import { apiVersionOf, type ProtobufMessage, type ProtobufSource } from '@windlass/meta';
import data from '../data/protobuf.json' with { type: 'json' };
import { schemaNames, schemaSource } from './schemas.ts';

const messages = data as unknown as Record<string, ProtobufMessage>;

/** Protobuf messages of all built-in types by schema name, e.g. `io.k8s.api.core.v1.Pod`. */
export const protobufSource: ProtobufSource = (name) => messages[name];

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Kinds of meta/v1 that every group has, in its own version. */
const OF_EVERY_GROUP = new Set(['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'Status']);
const OF_META = new Set(['PartialObjectMetadata', 'PartialObjectMetadataList']);

let kinds: Map<string, string> | undefined;

function index(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of schemaNames())
    for (const { group, version, kind } of schemaSource(name)?.['x-kubernetes-group-version-kind'] ?? [])
      found.set(`${apiVersionOf(group, version)} ${kind}`, name);
  return found;
}

/** Schema name of a kind, also of those that are no resource (`v1`, `DeleteOptions`). */
export function schemaOfKind(apiVersion: string, kind: string): string | undefined {
  if (OF_EVERY_GROUP.has(kind)) return `${META}.${kind}`;
  if (OF_META.has(kind) && apiVersion.startsWith('meta.k8s.io/')) return `${META}.${kind}`;
  kinds ??= index();
  return kinds.get(`${apiVersion} ${kind}`);
}

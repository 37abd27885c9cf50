import {
  type AnyObject,
  type ResourceDefinition,
  unknownResource,
  type ViewSubresource,
  type WriteStrategy,
} from '@windlass/meta';
import { subresourceOf } from '../definitions.ts';

export interface View {
  strategy: WriteStrategy | undefined;
  /** The object as a write through this view leaves it. Metadata passes: a kind that keeps some of it does so in prepareForUpdate. */
  restrict(proposed: AnyObject, old: AnyObject): AnyObject;
}

const clone = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

function copyPath(from: AnyObject, to: AnyObject, path: string): void {
  const keys = path.split('.');
  let source: Record<string, unknown> | undefined = from;
  let target: Record<string, unknown> = to;
  for (const key of keys.slice(0, -1)) {
    source = source?.[key] as Record<string, unknown> | undefined;
    target[key] ??= {};
    target = target[key] as Record<string, unknown>;
  }
  const last = keys.at(-1)!;
  if (source?.[last] === undefined) delete target[last];
  else target[last] = source[last];
}

/** The metadata of a write through a view. All of it kept (ResetObjectMetaForStatus): but for who wants to own which fields at which version. */
function metadataOf(
  { metadata }: AnyObject,
  old: AnyObject,
  keeps: ViewSubresource['keepsMetadata'] = false,
): AnyObject['metadata'] {
  if (keeps === false) return metadata;
  if (keeps !== true) return { ...metadata, ...Object.fromEntries(keeps.map((key) => [key, clone(old.metadata[key])])) };
  const { resourceVersion, managedFields, uid } = metadata;
  return { ...clone(old.metadata), resourceVersion, managedFields, uid };
}

/** The view that a subresource writes through; '' is the object itself, whose status is kept. */
export function viewOf(definition: ResourceDefinition, subresource: string): View {
  if (subresource === '') {
    const keepsStatus = definition.subresources?.status?.type === 'view';
    return {
      strategy: definition.strategy,
      restrict: (proposed, old) => {
        if (keepsStatus) copyPath({ status: clone(old.status) } as unknown as AnyObject, proposed, 'status');
        return proposed;
      },
    };
  }
  const sub = subresourceOf(definition, subresource);
  if (sub?.type !== 'view') throw unknownResource();
  return {
    strategy: sub,
    restrict: (proposed, old) => {
      const object = { ...clone(old), metadata: metadataOf(proposed, old, sub.keepsMetadata) };
      for (const path of sub.writes) copyPath(proposed, object, path);
      return object;
    },
  };
}

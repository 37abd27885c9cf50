import { apiVersionOf, type ResourceDefinition } from '@windlass/meta';
import { listKindOf } from '../definitions.ts';
import type { ListAnswer, Shown } from '../read/reader.ts';
import { cellsOf, columnDefinitions } from './table.ts';

type Text = Generator<Buffer | string, void, undefined>;

const open = (head: object, items: string) => `${JSON.stringify(head).slice(0, -1)},"${items}":[`;
const PARTIAL = '"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":';

/*
 * Lists of the stored version, written as JSON from the bytes that the cache keeps: nothing is serialized twice.
 */

/** Built-in kinds leave kind and apiVersion out of the items, as Kubernetes does. */
export function* listText(definition: ResourceDefinition, metadata: object, { items }: ListAnswer): Text {
  yield open({ kind: listKindOf(definition), apiVersion: apiVersionOf(definition.group, definition.version), metadata }, 'items');
  let before = '';
  for (const { cached } of items) {
    yield definition.custom ? before : `${before}{`;
    yield definition.custom ? cached.bytes : cached.bare;
    before = ',';
  }
  yield ']}\n';
}

/** meta/v1 PartialObjectMetadataList. */
export function* partialListText(metadata: object, { items }: ListAnswer): Text {
  yield open({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }, 'items');
  yield* partials(items, () => '{', '}');
  yield ']}\n';
}

/** meta/v1 Table whose rows hold the objects' metadata, which is what kubectl asks for. */
export function* tableText(definition: ResourceDefinition, metadata: object, { items }: ListAnswer, now: Date): Text {
  const columns = columnDefinitions(definition);
  yield open({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: columns }, 'rows');
  yield* partials(items, ({ object }) => `{"cells":${JSON.stringify(cellsOf(definition, object, now))},"object":{`, '}}');
  yield ']}\n';
}

function* partials(items: readonly Shown[], opening: (item: Shown) => string, closing: string): Text {
  let before = '';
  for (const item of items) {
    yield `${before}${opening(item)}${PARTIAL}`;
    yield item.cached.metadata;
    before = `${closing},`;
  }
  if (items.length > 0) yield closing;
}

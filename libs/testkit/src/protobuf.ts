import { type AnyObject, compileProtobuf, unwrap, wrap } from '@windlass/meta';
import { protobufSource, schemaOfKind } from '@windlass/resources';

const codecOf = (apiVersion: string, kind: string) => compileProtobuf(schemaOfKind(apiVersion, kind)!, protobufSource);

/** An object with apiVersion and kind as a Go client sends it. */
export function toProtobuf(object: object): Buffer {
  const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string };
  return wrap({ apiVersion, kind, raw: codecOf(apiVersion, kind).encode(object) });
}

/** What a Go client reads. */
export function fromProtobuf(bytes: Buffer): AnyObject {
  const { apiVersion, kind, raw } = unwrap(bytes);
  return { kind, apiVersion, ...codecOf(apiVersion, kind).decode(raw) } as AnyObject;
}

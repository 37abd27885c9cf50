import { BYTES, ProtobufError, Reader, Writer } from './wire.ts';

export const PROTOBUF_MEDIA = 'application/vnd.kubernetes.protobuf';
const MAGIC = Buffer.from('k8s\0', 'latin1');

/** runtime.Unknown: the type of an object and its message. */
export interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Buffer;
}

/** `k8s\0` + runtime.Unknown. */
export function wrap({ apiVersion, kind, raw }: Envelope): Buffer {
  const writer = new Writer();
  writer.message(1, () => {
    writer.tag(1, BYTES);
    writer.text(apiVersion);
    writer.tag(2, BYTES);
    writer.text(kind);
  });
  writer.tag(2, BYTES);
  writer.bytes(raw);
  for (const empty of [3, 4]) {
    writer.tag(empty, BYTES);
    writer.text('');
  }
  return Buffer.concat([MAGIC, writer.finish()]);
}

/** @throws ProtobufError when the bytes are no envelope */
export function unwrap(bytes: Buffer): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!bytes.subarray(0, 4).equals(MAGIC))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope: Envelope = { apiVersion: '', kind: '', raw: Buffer.alloc(0) };
  const reader = new Reader(bytes, 4);
  while (!reader.done) {
    const [field, wireType] = reader.tag();
    if (field === 1) {
      const type = reader.message();
      while (!type.done) {
        const [part, partType] = type.tag();
        if (part === 1) envelope.apiVersion = type.bytes().toString();
        else if (part === 2) envelope.kind = type.bytes().toString();
        else type.skip(partType);
      }
    } else if (field === 2) envelope.raw = reader.bytes();
    else reader.skip(wireType);
  }
  return envelope;
}

/** One frame of a protobuf watch: length (4 bytes, big endian) + WatchEvent whose object is an enveloped one. */
export function watchFrame(type: string, object: Buffer): Buffer {
  const writer = new Writer();
  writer.tag(1, BYTES);
  writer.text(type);
  writer.message(2, () => {
    writer.tag(1, BYTES);
    writer.bytes(object);
  });
  const event = writer.finish();
  const frame = Buffer.allocUnsafe(event.length + 4);
  frame.writeUInt32BE(event.length);
  event.copy(frame, 4);
  return frame;
}

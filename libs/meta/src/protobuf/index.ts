export { compileProtobuf, type ProtobufCodec, type ProtobufMessage, type ProtobufSource } from './codec.ts';
export { type Envelope, PROTOBUF_MEDIA, unwrap, watchFrame, wrap } from './envelope.ts';
export { ProtobufError } from './wire.ts';

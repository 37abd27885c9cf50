import type { ProtobufMessage, ProtobufSource } from '@windlass/meta';
import data from '../data/protobuf.json' with { type: 'json' };

const messages = data as unknown as Record<string, ProtobufMessage>;

/** Protobuf messages of all built-in types by schema name, e.g. `io.k8s.api.core.v1.Pod`. */
export const protobufSource: ProtobufSource = (name) => messages[name];

import { type ClientReadableStream, credentials, loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

/** The few messages of containerd's own event service that say when a task of a CRI container began or ended. */
const EVENTS_PROTO = `
syntax = "proto3";
package containerd.services.events.v1;
service Events { rpc Subscribe (SubscribeRequest) returns (stream Envelope); }
message SubscribeRequest { repeated string filters = 1; }
message Any { string type_url = 1; bytes value = 2; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Envelope { Timestamp timestamp = 1; string namespace = 2; string topic = 3; Any event = 4; }
message TaskEvent { string container_id = 1; string id = 2; }
`;

export interface TaskEvent {
  type: 'start' | 'exit' | 'oom';
  /** CRI id of the container or sandbox. */
  containerId: string;
}

type Envelope = { topic: string; event: { value: Buffer } | null };
type Stub = { subscribe(request: object, metadata: Metadata): ClientReadableStream<Envelope>; close(): void };

let loaded: { Events: new (address: string, security: object) => Stub; root: protobuf.Root } | undefined;

function service() {
  if (!loaded) {
    const { root } = protobuf.parse(EVENTS_PROTO, { keepCase: false });
    const definition = loadPackageDefinition(fromJSON(root.toJSON(), { longs: Number, defaults: true }));
    const { containerd } = definition as unknown as {
      containerd: { services: { events: { v1: { Events: new (address: string, security: object) => Stub } } } };
    };
    loaded = { Events: containerd.services.events.v1.Events, root };
  }
  return loaded;
}

const TOPICS = { '/tasks/start': 'start', '/tasks/exit': 'exit', '/tasks/oom': 'oom' } as const;

/**
 * Starts, ends and out-of-memory kills of containers' init processes, as containerd tells them, until `signal` aborts. Exits of exec'd
 * processes are left out. Works with every containerd (CRI's own event stream came with 1.7). @throws Error when the stream breaks
 */
export async function* containerdTaskEvents(socket: string, signal: AbortSignal): AsyncGenerator<TaskEvent> {
  const { Events, root } = service();
  const client = new Events(`unix://${socket}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('containerd-namespace', 'k8s.io');
  const filters = Object.keys(TOPICS).map((topic) => `namespace==k8s.io,topic=="${topic}"`);
  const stream = client.subscribe({ filters }, metadata);
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const message = root.lookupType('containerd.services.events.v1.TaskEvent');
  try {
    for await (const { topic, event } of stream as AsyncIterable<Envelope>) {
      const type = TOPICS[topic as keyof typeof TOPICS];
      if (!type || !event) continue;
      const { containerId, id } = message.decode(event.value) as unknown as { containerId: string; id: string };
      if (type === 'exit' && id && id !== containerId) continue;
      yield { type, containerId };
    }
  } catch (error) {
    if (!signal.aborted) throw new Error(`containerd events: ${(error as ServiceError).details ?? error}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
    client.close();
  }
}

import { credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

/** grpc.health.v1 (GRPC Health Checking Protocol). */
const HEALTH_PROTO = `
syntax = "proto3";
package grpc.health.v1;
service Health { rpc Check (HealthCheckRequest) returns (HealthCheckResponse); }
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse { enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; } ServingStatus status = 1; }
`;

type Stub = {
  check(
    request: { service: string },
    options: { deadline: number },
    done: (error: ServiceError | null, response: { status: string }) => void,
  ): void;
  close(): void;
};
let Health: (new (address: string, security: object, options: object) => Stub) | undefined;

/** The serving status that a gRPC server tells of itself (`SERVING`…). @throws Error with the gRPC status `code` */
export function grpcHealth(address: string, service: string, timeoutMs: number): Promise<string> {
  if (!Health) {
    const { root } = protobuf.parse(HEALTH_PROTO, { keepCase: false });
    const loaded = loadPackageDefinition(fromJSON(root.toJSON(), { enums: String, defaults: true })) as unknown as {
      grpc: { health: { v1: { Health: typeof Health } } };
    };
    Health = loaded.grpc.health.v1.Health;
  }
  const client = new Health!(address, credentials.createInsecure(), { 'grpc.primary_user_agent': 'kube-probe/1.36' });
  return new Promise<string>((resolve, reject) =>
    client.check({ service }, { deadline: Date.now() + timeoutMs }, (error, response) =>
      error ? reject(error) : resolve(response.status),
    ),
  ).finally(() => client.close());
}

import {
  type CallOptions,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { CRI_PROTO } from './api-proto.ts';
import type * as cri from './types.ts';

type Call = (request: object, options: CallOptions, done: (error: ServiceError | null, response: never) => void) => void;
type ServiceStub = Record<string, Call> & { close(): void };

let definition: Record<string, new (address: string, security: object, options: object) => ServiceStub> | undefined;

function services() {
  if (!definition) {
    const { root } = protobuf.parse(CRI_PROTO, { keepCase: false });
    const loaded = loadPackageDefinition(fromJSON(root.toJSON(), { longs: Number, enums: String, defaults: true, arrays: true }));
    definition = (loaded.runtime as { v1: unknown } as { v1: typeof definition }).v1!;
  }
  return definition;
}

/** A failed CRI call. `code` is the gRPC status code (5 NOT_FOUND, 4 DEADLINE_EXCEEDED, 14 UNAVAILABLE…); `message` is the runtime's text. */
export class CriError extends Error {
  override name = 'CriError';
  readonly code: number;
  readonly method: string;
  constructor(method: string, error: ServiceError) {
    super(error.details || error.message);
    this.code = error.code;
    this.method = method;
  }
}

export const isCriNotFound = (error: unknown): boolean => error instanceof CriError && error.code === 5;

/** Time-outs in milliseconds: most calls are short; the kubelet's runtime-request-timeout is two minutes. */
const DEFAULT_TIMEOUT_MS = 120_000;
const PULL_TIMEOUT_MS = 3_600_000;
/** The runtime counts in nanoseconds: more than 292 years would become negative. */
const MAX_GRACE_SECONDS = 2 ** 31;

/** CRI v1 over a unix socket. Every method rejects with {@link CriError}. */
export class CriClient {
  readonly #runtime: ServiceStub;
  readonly #images: ServiceStub;

  /** @param socket path of the runtime's unix socket */
  constructor(socket: string) {
    const { RuntimeService, ImageService } = services();
    const options = {
      'grpc.max_receive_message_length': 64 << 20,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2000,
    };
    this.#runtime = new RuntimeService!(`unix://${socket}`, credentials.createInsecure(), options);
    this.#images = new ImageService!(`unix://${socket}`, credentials.createInsecure(), options);
  }

  #call<R>(stub: ServiceStub, method: string, request: object = {}, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<R> {
    return new Promise((resolve, reject) => {
      stub[method]!.call(stub, request, { deadline: Date.now() + timeoutMs }, (error, response) =>
        error ? reject(new CriError(method, error)) : resolve(response),
      );
    });
  }
  #run = <R>(method: string, request?: object, timeoutMs?: number): Promise<R> =>
    this.#call(this.#runtime, method, request, timeoutMs);

  version(timeoutMs?: number): Promise<{ runtimeName: string; runtimeVersion: string; runtimeApiVersion: string }> {
    return this.#run('version', { version: 'v1' }, timeoutMs);
  }
  async status(): Promise<{ type: string; status: boolean; reason: string; message: string }[]> {
    const { status } = await this.#run<{ status: { conditions: never[] } }>('status');
    return status.conditions;
  }

  async runPodSandbox(config: cri.PodSandboxConfig, runtimeHandler = ''): Promise<string> {
    return (await this.#run<{ podSandboxId: string }>('runPodSandbox', { config, runtimeHandler }, 240_000)).podSandboxId;
  }
  /** Idempotent; kills what still runs in it and releases its network. */
  stopPodSandbox = (podSandboxId: string): Promise<void> => this.#run('stopPodSandbox', { podSandboxId });
  removePodSandbox = (podSandboxId: string): Promise<void> => this.#run('removePodSandbox', { podSandboxId });
  async podSandboxStatus(id: string): Promise<cri.SandboxStatus> {
    return (await this.#run<{ status: cri.SandboxStatus }>('podSandboxStatus', { id })).status;
  }
  /** Path of a sandbox's network namespace; undefined for that of the node, or when it is released. */
  async sandboxNetwork(id: string): Promise<string | undefined> {
    const { info } = await this.#run<{ info: cri.Labels }>('podSandboxStatus', { id, verbose: true });
    const { runtimeSpec } = JSON.parse(info.info ?? '{}') as {
      runtimeSpec?: { linux?: { namespaces?: { type: string; path?: string }[] } };
    };
    return runtimeSpec?.linux?.namespaces?.find(({ type }) => type === 'network')?.path || undefined;
  }
  /** Where the runtime's CRI part keeps what lives as long as the machine runs; undefined when it does not tell. */
  async stateDirectory(): Promise<string | undefined> {
    const { info } = await this.#run<{ info: cri.Labels }>('status', { verbose: true });
    return (JSON.parse(info?.config ?? '{}') as { stateDir?: string }).stateDir;
  }
  async listPodSandboxes(labelSelector?: cri.Labels): Promise<cri.Sandbox[]> {
    return (await this.#run<{ items: cri.Sandbox[] }>('listPodSandbox', { filter: labelSelector && { labelSelector } })).items;
  }

  async createContainer(podSandboxId: string, config: cri.ContainerConfig, sandboxConfig: cri.PodSandboxConfig): Promise<string> {
    return (await this.#run<{ containerId: string }>('createContainer', { podSandboxId, config, sandboxConfig })).containerId;
  }
  startContainer = (containerId: string): Promise<void> => this.#run('startContainer', { containerId });
  /** The stop signal, then SIGKILL after `graceSeconds`. Resolves when it has ended. */
  stopContainer = (containerId: string, graceSeconds: number): Promise<void> =>
    this.#run(
      'stopContainer',
      { containerId, timeout: Math.min(graceSeconds, MAX_GRACE_SECONDS) },
      graceSeconds * 1000 + DEFAULT_TIMEOUT_MS,
    );
  removeContainer = (containerId: string): Promise<void> => this.#run('removeContainer', { containerId });
  async containerStatus(id: string): Promise<cri.CriContainerStatus> {
    return (await this.#run<{ status: cri.CriContainerStatus }>('containerStatus', { id })).status;
  }
  /** Init process of a running container, as the host sees it; undefined when it does not run. */
  async containerPid(id: string): Promise<number | undefined> {
    const { info } = await this.#run<{ info: cri.Labels }>('containerStatus', { id, verbose: true });
    const pid = (JSON.parse(info.info ?? '{}') as { pid?: number }).pid;
    return pid || undefined;
  }
  async listContainers(filter: { podSandboxId?: string; labelSelector?: cri.Labels } = {}): Promise<cri.CriContainer[]> {
    return (await this.#run<{ containers: cri.CriContainer[] }>('listContainers', { filter })).containers;
  }
  updateContainerResources = (containerId: string, linux: cri.LinuxContainerResources): Promise<void> =>
    this.#run('updateContainerResources', { containerId, linux });
  /** After the log file was renamed: go on in a new file of the old name. */
  reopenContainerLog = (containerId: string): Promise<void> => this.#run('reopenContainerLog', { containerId });
  /** @param timeoutSeconds 0: no limit. The runtime kills the command and answers DEADLINE_EXCEEDED. */
  execSync(
    containerId: string,
    cmd: readonly string[],
    timeoutSeconds = 0,
  ): Promise<{ stdout: Buffer; stderr: Buffer; exitCode: number }> {
    const limit = timeoutSeconds ? timeoutSeconds * 1000 + 5000 : 86_400_000;
    return this.#run('execSync', { containerId, cmd, timeout: timeoutSeconds }, limit);
  }
  /** URL of a one-time stream on the runtime's streaming server. */
  async exec(request: {
    containerId: string;
    cmd: string[];
    tty: boolean;
    stdin: boolean;
    stdout: boolean;
    stderr: boolean;
  }): Promise<string> {
    return (await this.#run<{ url: string }>('exec', request)).url;
  }
  async attach(request: {
    containerId: string;
    tty: boolean;
    stdin: boolean;
    stdout: boolean;
    stderr: boolean;
  }): Promise<string> {
    return (await this.#run<{ url: string }>('attach', request)).url;
  }
  async portForward(podSandboxId: string, port: number[] = []): Promise<string> {
    return (await this.#run<{ url: string }>('portForward', { podSandboxId, port })).url;
  }
  async listContainerStats(labelSelector?: cri.Labels): Promise<cri.CriContainerStats[]> {
    const filter = labelSelector && { labelSelector };
    return (await this.#run<{ stats: cri.CriContainerStats[] }>('listContainerStats', { filter })).stats;
  }

  async listImages(): Promise<cri.CriImage[]> {
    return (await this.#call<{ images: cri.CriImage[] }>(this.#images, 'listImages')).images;
  }
  /** undefined when the image is not on the node. */
  async imageStatus(image: string): Promise<cri.CriImage | undefined> {
    const answer = await this.#call<{ image: cri.CriImage | null }>(this.#images, 'imageStatus', { image: { image } });
    return answer.image ?? undefined;
  }
  async pullImage(image: string, auth?: cri.AuthConfig, sandboxConfig?: cri.PodSandboxConfig): Promise<string> {
    const request = { image: { image }, auth, sandboxConfig };
    return (await this.#call<{ imageRef: string }>(this.#images, 'pullImage', request, PULL_TIMEOUT_MS)).imageRef;
  }
  removeImage = (image: string): Promise<void> => this.#call(this.#images, 'removeImage', { image: { image } });
  async imageFsInfo(): Promise<
    { usedBytes: cri.Int64Value | null; inodesUsed: cri.Int64Value | null; fsId: { mountpoint: string } | null }[]
  > {
    return (await this.#call<{ imageFilesystems: never[] }>(this.#images, 'imageFsInfo')).imageFilesystems;
  }

  /** Container life-cycle events, until `signal` aborts. @throws CriError code 12 (UNIMPLEMENTED) before containerd 1.7 */
  async *events(signal: AbortSignal): AsyncGenerator<cri.ContainerEvent> {
    const start = this.#runtime.getContainerEvents as unknown as (request: object) => ClientReadableStream<cri.ContainerEvent>;
    const stream = start.call(this.#runtime, {});
    const cancel = () => stream.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const event of stream) yield event as cri.ContainerEvent;
    } catch (error) {
      if (!signal.aborted) throw new CriError('getContainerEvents', error as ServiceError);
    } finally {
      signal.removeEventListener('abort', cancel);
      stream.cancel();
    }
  }

  close(): void {
    this.#runtime.close();
    this.#images.close();
  }
}

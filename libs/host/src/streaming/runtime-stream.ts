import http from 'node:http';
import type { Duplex } from 'node:stream';
import { SpdyConnection } from './spdy-connection.ts';

/** A connection that has left HTTP. */
export interface Upgraded {
  response: http.IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** Asks a one-time URL of the runtime's streaming server (CRI Exec, Attach, PortForward) to change protocols. @throws Error when it does not */
export function upgradeRuntimeStream(url: string, headers: http.OutgoingHttpHeaders, method = 'POST'): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: { Connection: 'Upgrade', ...headers }, agent: false });
    request.on('upgrade', (response, socket, head) => resolve({ response, socket, head }));
    request.on('response', (response) => {
      response.resume();
      reject(new Error(`the container runtime refused to stream: ${response.statusCode} ${response.statusMessage}`));
    });
    request.on('error', reject);
    request.end();
  });
}

/** Streams of a command in a container, or of the container's own process (remotecommand protocol v4). */
export interface RemoteCommand {
  stdin?: Duplex;
  stdout?: Duplex;
  stderr?: Duplex;
  /** One JSON Status at the end. */
  error: Duplex;
  /** JSON lines `{"Width":80,"Height":24}`. */
  resize?: Duplex;
  close(): void;
}

export interface RemoteStreams {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** Opens the streams behind a CRI Exec or Attach URL. @throws Error when the runtime refuses */
export async function openRemoteCommand(url: string, wanted: RemoteStreams): Promise<RemoteCommand> {
  const { socket, head } = await upgradeRuntimeStream(url, {
    Upgrade: 'SPDY/3.1',
    'X-Stream-Protocol-Version': 'v4.channel.k8s.io',
  });
  const connection = new SpdyConnection(socket, head);
  const open = (streamType: string) => connection.open({ streamType });
  return {
    error: open('error'),
    stdin: wanted.stdin ? open('stdin') : undefined,
    stdout: wanted.stdout ? open('stdout') : undefined,
    stderr: wanted.stderr && !wanted.tty ? open('stderr') : undefined,
    resize: wanted.tty ? open('resize') : undefined,
    close: () => connection.close(),
  };
}

import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { openRemoteCommand, type RemoteCommand, type RemoteStreams } from '@windlass/host';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Call, HttpError, type UpgradeHandler } from '../http.ts';
import { CHANNEL, channelWriter, decodeMessage, REMOTE_COMMAND_PROTOCOLS } from './channels.ts';
import { relayToRuntime } from './relay.ts';
import { runningContainer, wantedStreams } from './target.ts';

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered) => REMOTE_COMMAND_PROTOCOLS.find((each) => offered.has(each)) ?? false,
});

/** GET or POST /exec/… */
export const exec: UpgradeHandler = async (call, socket, head) => {
  const wanted = wantedStreams(call.query);
  const { id } = runningContainer(call);
  const url = await call.runtime.cri.exec({ containerId: id, cmd: call.query.getAll('command'), ...wanted });
  await stream(call, socket, head, url, wanted);
};

/** GET or POST /attach/… */
export const attach: UpgradeHandler = async (call, socket, head) => {
  const asked = wantedStreams(call.query);
  const { id, tty } = runningContainer(call);
  const wanted = { ...asked, tty, stderr: asked.stderr && !tty };
  const url = await call.runtime.cri.attach({ containerId: id, ...wanted });
  await stream(call, socket, head, url, wanted);
};

/** SPDY goes through as it is. WebSocket ends here: the runtime's own knows no end of stdin. */
async function stream({ request }: Call, socket: Duplex, head: Buffer, url: string, wanted: RemoteStreams): Promise<void> {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return relayToRuntime(request, socket, head, url);
  const offered = String(request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  if (offered.length > 0 && !offered.some((each) => REMOTE_COMMAND_PROTOCOLS.includes(each as never)))
    throw new HttpError(400, `unable to negotiate protocol: client supports [${offered.join(' ')}]`);
  const command = await openRemoteCommand(url, wanted);
  server.handleUpgrade(request, socket, head, (client) => void bridge(client, command));
}

/** Carries a remote command between the runtime's streams and a client's channels until it has ended or the client has left. */
async function bridge(client: WebSocket, command: RemoteCommand): Promise<void> {
  const protocol = client.protocol || 'channel.k8s.io';
  client.on('error', () => command.close());
  client.on('close', () => command.close());
  client.on('message', (message: Buffer) => {
    const decoded = decodeMessage(protocol, message);
    if (!decoded) return;
    if ('closed' in decoded) {
      if (decoded.closed === CHANNEL.stdin) command.stdin?.end();
      return;
    }
    const target =
      decoded.channel === CHANNEL.stdin ? command.stdin : decoded.channel === CHANNEL.resize ? command.resize : undefined;
    if (!target || target.writableEnded || target.write(decoded.data)) return;
    client.pause();
    target.once('drain', () => client.resume());
  });
  const outputs = (['stdout', 'stderr', 'error'] as const).flatMap((name) => {
    const source = command[name];
    if (!source) return [];
    source.on('error', () => {});
    return [finished(source.pipe(channelWriter(client, protocol, CHANNEL[name]))).catch(() => {})];
  });
  for (const input of [command.stdin, command.resize]) input?.on('error', () => {});
  // Tells the client that the connection stands.
  channelWriter(client, protocol, command.stdout ? CHANNEL.stdout : CHANNEL.error).write(Buffer.alloc(0));
  await Promise.all(outputs);
  client.close(1000);
  command.close();
}

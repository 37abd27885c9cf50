import { upgradeRuntimeStream } from '@windlass/host';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { HttpError, type UpgradeHandler } from '../http.ts';
import { join, relayToRuntime } from './relay.ts';

const PROTOCOL = 'portforward.k8s.io';
/** Subprotocol of a WebSocket whose messages are the bytes of a SPDY connection (KEP-4006). */
const TUNNEL = `SPDY/3.1+${PROTOCOL}`;

const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => TUNNEL });

/** GET or POST /portForward/NAMESPACE/POD[/UID]: SPDY, SPDY inside a WebSocket, or WebSocket channels for the ports in the query. */
export const portForward: UpgradeHandler = async ({ request, parts: [namespace, name, uid], query, runtime }, socket, head) => {
  const pod = runtime.podByName(namespace ?? '', name ?? '');
  if (!pod || (uid && pod.metadata.uid !== uid)) throw new HttpError(404, 'pod does not exist');
  const sandbox = runtime.sandboxOf(pod.metadata.uid!);
  if (!sandbox) throw new HttpError(500, `pod ${name} is not running`);
  const ports = query.getAll('port').flatMap((each) => each.split(',').map(Number));
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65535))
    throw new HttpError(400, `invalid port in ${JSON.stringify(query.getAll('port'))}`);
  const url = await runtime.cri.portForward(sandbox, ports);
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  if (!offered.includes(TUNNEL)) return relayToRuntime(request, socket, head, url);
  const upstream = await upgradeRuntimeStream(url, { Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': PROTOCOL });
  server.handleUpgrade(request, socket, head, (client) => {
    const tunnel = createWebSocketStream(client);
    if (upstream.head.length > 0) tunnel.write(upstream.head);
    join(tunnel, upstream.socket);
  });
};

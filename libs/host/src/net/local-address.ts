import { createSocket } from 'node:dgram';

/** The address of this machine from which it reaches a URL's host; nothing is sent. @throws Error when there is no route, or no such host */
export function localAddressTowards(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise<string>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(Number(port || 443), host, () => resolve(socket.address().address));
  }).finally(() => socket.close());
}

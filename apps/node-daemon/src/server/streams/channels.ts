import { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** Channels of the remotecommand protocols over WebSocket: the first byte of each message. */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
const CLOSE_SIGNAL = 255;

/** In the order of preference. v5 adds the end of stdin (KEP-4006); base64 forms are texts for browsers. */
export const REMOTE_COMMAND_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'v3.channel.k8s.io',
  'v3.base64.channel.k8s.io',
  'v2.channel.k8s.io',
  'v2.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
] as const;

const isBase64 = (protocol: string): boolean => protocol.includes('base64');

/** A message to one channel. */
export function encodeMessage(protocol: string, channel: number, data: Buffer): Buffer | string {
  if (isBase64(protocol)) return `${channel}${data.toString('base64')}`;
  const message = Buffer.allocUnsafe(data.length + 1);
  message[0] = channel;
  data.copy(message, 1);
  return message;
}

export type ChannelMessage = { channel: number; data: Buffer } | { closed: number };

/** @returns undefined for an empty message */
export function decodeMessage(protocol: string, message: Buffer): ChannelMessage | undefined {
  if (message.length === 0) return undefined;
  if (isBase64(protocol)) return { channel: message[0]! - 48, data: Buffer.from(message.toString('latin1', 1), 'base64') };
  if (message[0] === CLOSE_SIGNAL && message.length > 1 && protocol.startsWith('v5')) return { closed: message[1]! };
  return { channel: message[0]!, data: message.subarray(1) };
}

/** One channel to the client as a stream: a message counts as written when the socket has taken it. */
export const channelWriter = (socket: WebSocket, protocol: string, channel: number): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      socket.send(encodeMessage(protocol, channel, chunk), { binary: !isBase64(protocol) }, (error) => done(error ?? null));
    },
  });

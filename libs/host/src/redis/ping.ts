import { connect } from 'node:net';

export type RedisAddress = { socket: string } | { port: number; password: string };

/** Whether a Redis server answers PING within a second (inline commands of the Redis protocol). */
export function ping(address: RedisAddress, timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = 'socket' in address ? connect({ path: address.socket }) : connect({ host: '127.0.0.1', port: address.port });
    let answer = '';
    const end = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('connect', () => socket.write('password' in address ? `AUTH ${address.password}\r\nPING\r\n` : 'PING\r\n'));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('+PONG')) end(true);
      else if (answer.includes('-')) end(false);
    });
  });
}

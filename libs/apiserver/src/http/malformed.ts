import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { methodNotAllowed } from '@windlass/meta';

function end(socket: Socket, status: number, type: string, body: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** Answers what Node's HTTP/1.1 parser refuses: a method that it does not know gets a Status, anything else plain text. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'HPE_INVALID_METHOD') {
    end(socket, 405, 'application/json', `${JSON.stringify(methodNotAllowed().status)}\n`);
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  end(socket, status, 'text/plain; charset=utf-8', `${status} ${STATUS_CODES[status]}`);
}

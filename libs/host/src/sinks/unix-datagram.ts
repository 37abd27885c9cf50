import koffi from 'koffi';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const SUN_PATH = 108;

const load = () => {
  const libc = koffi.load('libc.so.6');
  return {
    socket: libc.func('int socket(int, int, int)'),
    connect: libc.func('int connect(int, const uint8_t *, uint32_t)'),
    send: libc.func('long send(int, const uint8_t *, size_t, int)'),
    close: libc.func('int close(int)'),
  };
};
let libc: ReturnType<typeof load> | undefined;

/** An errno(3) of a failed call. */
export class ErrnoError extends Error {
  override name = 'ErrnoError';
  readonly code: string;
  constructor(call: string, errno: number) {
    const code = Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? String(errno);
    super(`${call}: ${code}`);
    this.code = code;
  }
}

/** A connected, non-blocking AF_UNIX SOCK_DGRAM socket (unix(7)), which Node itself does not have. */
export class UnixDatagramSocket {
  readonly #fd: number;
  #open = true;

  /** @throws ErrnoError ENOENT or ECONNREFUSED when nobody listens at `path` */
  constructor(path: string) {
    libc ??= load();
    const name = Buffer.from(path);
    if (name.length >= SUN_PATH) throw new Error(`socket path is longer than ${SUN_PATH - 1} bytes: ${path}`);
    this.#fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this.#fd < 0) throw new ErrnoError('socket', koffi.errno());
    const address = Buffer.alloc(2 + name.length + 1);
    address.writeUInt16LE(AF_UNIX, 0);
    name.copy(address, 2);
    if (libc.connect(this.#fd, address, address.length) < 0) {
      const errno = koffi.errno();
      this.close();
      throw new ErrnoError('connect', errno);
    }
  }

  /** @returns false when the receiver's queue is full (try again later) @throws ErrnoError */
  send(datagram: Buffer): boolean {
    if (libc!.send(this.#fd, datagram, datagram.length, MSG_NOSIGNAL) >= 0) return true;
    const error = new ErrnoError('send', koffi.errno());
    if (error.code === 'EAGAIN' || error.code === 'ENOBUFS') return false;
    throw error;
  }

  close(): void {
    if (this.#open) libc!.close(this.#fd);
    this.#open = false;
  }
}

// TCP and DNS traffic of one network namespace; a program of its own, so that it runs inside one (nsenter).
//   node traffic.ts serve PORT | send HOST PORT SECONDS | dial HOST PORT SECONDS LANES | ask SERVER NAME SECONDS IN-FLIGHT
// Prints one JSON line when it listens or ends.
import dgram from 'node:dgram';
import net from 'node:net';

const [mode, ...args] = process.argv.slice(2) as [string, ...string[]];
const print = (result: object) => process.stdout.write(`${JSON.stringify(result)}\n`);

/** Reads everything; when the client has said all, tells it how many bytes came. */
function serve(port: number): void {
  net
    .createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      let bytes = 0;
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.on('end', () => socket.end(String(bytes)));
    })
    .listen({ port, host: '0.0.0.0', backlog: 4096 }, () => print({ listening: port }));
}

/** One stream for `seconds`. Prints `{bytes, seconds}`: what the far end has read. */
function send(host: string, port: number, seconds: number): void {
  const block = Buffer.alloc(1 << 20);
  const socket = net.connect({ host, port, allowHalfOpen: true });
  let told = '';
  let started = 0;
  socket.on('connect', () => {
    started = performance.now();
    const more = (): void => {
      while (performance.now() - started < seconds * 1000) if (!socket.write(block)) return void socket.once('drain', more);
      socket.end();
    };
    more();
  });
  socket.on('data', (chunk) => {
    told += chunk;
  });
  socket.on('end', () => {
    print({ bytes: Number(told), seconds: (performance.now() - started) / 1000 });
    socket.destroy();
  });
}

/** Connects, asks for an empty answer, closes; `lanes` at a time. Prints `{connections, failed, seconds}`. */
async function dial(host: string, port: number, seconds: number, lanes: number): Promise<void> {
  let connections = 0;
  let failed = 0;
  const started = performance.now();
  const once = () =>
    new Promise<void>((resolve) => {
      const socket = net.connect({ host, port, allowHalfOpen: true });
      socket.on('connect', () => socket.end());
      socket.on('data', () => {
        connections++;
        // A reset leaves no TIME_WAIT behind, of which there could be only some 28,000.
        socket.resetAndDestroy();
      });
      socket.on('error', () => failed++);
      socket.on('close', () => resolve());
    });
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() - started < seconds * 1000) await once();
    }),
  );
  print({ connections, failed, seconds: (performance.now() - started) / 1000 });
}

/** A questions over UDP, `inFlight` at a time. Prints `{answers, lost, seconds, p50, p99}` (ms). */
async function ask(server: string, name: string, seconds: number, inFlight: number): Promise<void> {
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const question = Buffer.concat([Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 1, 0, 1])]);
  const sentAt = new Float64Array(65_536);
  const ms: number[] = [];
  let id = 0;
  let lost = 0;
  const started = performance.now();
  const over = () => performance.now() - started >= seconds * 1000;
  const next = (): void => {
    id = (id + 1) & 0xffff;
    const request = Buffer.from(question);
    request.writeUInt16BE(id);
    sentAt[id] = performance.now();
    socket.send(request, 53, server);
  };
  socket.on('message', (message) => {
    const at = message.readUInt16BE(0);
    // Answers with records only: anything else is not what was asked for.
    if (sentAt[at] === 0 || message.readUInt16BE(6) === 0) return;
    ms.push(performance.now() - sentAt[at]!);
    sentAt[at] = 0;
    if (!over()) next();
  });
  for (let i = 0; i < inFlight; i++) next();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const took = (performance.now() - started) / 1000;
  const answers = ms.length;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  for (const at of sentAt) if (at > 0) lost++;
  ms.sort((a, b) => a - b);
  print({ answers, lost, seconds: took, p50: ms[Math.floor(answers * 0.5)], p99: ms[Math.floor(answers * 0.99)] });
  socket.close();
}

const [first, second, third, fourth] = args as [string, string, string, string];
if (mode === 'serve') serve(Number(first));
else if (mode === 'send') send(first, Number(second), Number(third));
else if (mode === 'dial') await dial(first, Number(second), Number(third), Number(fourth));
else if (mode === 'ask') await ask(first, second, Number(third), Number(fourth));
else throw new Error(`unknown mode ${mode}`);

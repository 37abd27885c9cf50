import { readFileSync } from 'node:fs';
import { pauseExecutable } from './elf.ts';
import type { ImageSource } from './image.ts';
import type { LayerEntry } from './tar.ts';

/** The sandbox image of every pod. */
export const PAUSE_IMAGE = 'windlass.dev/pause:1';
/** busybox with all applets in /bin. */
export const BUSYBOX_IMAGE = 'windlass.dev/busybox:1';
/** The example: an HTTP server that names its pod. */
export const HELLO_IMAGE = 'windlass.dev/hello:1';

/** Images that are put on every node and that no registry has: they must not be removed. */
export const isBuiltinImage = (reference: string): boolean => [PAUSE_IMAGE, BUSYBOX_IMAGE, HELLO_IMAGE].includes(reference);

/** @param busybox path of a statically linked busybox (Debian: package busybox-static) */
export interface BuiltinSources {
  busybox?: string;
  /** Applet names, as `busybox --list` prints them. */
  applets: readonly string[];
}

const tree: LayerEntry[] = [
  ...['bin', 'dev', 'etc', 'home', 'proc', 'root', 'run', 'sys', 'usr', 'usr/bin', 'var', 'var/log'].map(
    (path): LayerEntry => ({ type: 'directory', path }),
  ),
  { type: 'directory', path: 'tmp', mode: 0o1777 },
  { type: 'file', path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' },
  { type: 'file', path: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
];

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function busyboxLayer({ busybox = '/bin/busybox', applets }: BuiltinSources): LayerEntry[] {
  return [
    ...tree,
    { type: 'file', path: 'bin/busybox', mode: 0o755, content: readFileSync(busybox) },
    ...applets
      .filter((name) => name !== 'busybox')
      .map((name): LayerEntry => ({ type: 'symlink', path: `bin/${name}`, target: 'busybox' })),
  ];
}

export function pauseImage(sources: BuiltinSources): ImageSource {
  if (process.arch === 'x64')
    return {
      reference: PAUSE_IMAGE,
      config: { Entrypoint: ['/pause'], User: '65535:65535' },
      layers: [[{ type: 'file', path: 'pause', mode: 0o755, content: pauseExecutable() }]],
    };
  return {
    reference: PAUSE_IMAGE,
    config: { Entrypoint: ['/bin/sh', '-c', 'trap "exit 0" TERM INT; while :; do sleep 86400 & wait $!; done'], Env: [PATH] },
    layers: [busyboxLayer(sources)],
  };
}

export const busyboxImage = (sources: BuiltinSources): ImageSource => ({
  reference: BUSYBOX_IMAGE,
  config: { Cmd: ['sh'], Env: [PATH] },
  layers: [busyboxLayer(sources)],
});

const server = `#!/bin/sh
# PID 1 ignores signals that it has no handler for, so the server is a child and TERM ends both.
trap 'kill "$server"; wait "$server"; exit 0' TERM INT
httpd -f -vv -p 8080 -h /www &
server=$!
echo "hello: listening on 8080 as \${POD_NAME:-$(hostname)} on \${NODE_NAME:-this node}"
wait "$server"
`;

const hello = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "Hello from \${POD_NAME:-$(hostname)} on \${NODE_NAME:-unknown}"
`;

/** Burns CPU for about as long as 20,000 shell loop turns take, so that a load generator moves the autoscaler. */
const work = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
i=0
while [ "$i" -lt 20000 ]; do i=$((i + 1)); done
echo "worked on \${POD_NAME:-$(hostname)}"
`;

export const helloImage = (sources: BuiltinSources): ImageSource => ({
  reference: HELLO_IMAGE,
  config: { Entrypoint: ['/bin/serve'], Env: [PATH], ExposedPorts: { '8080/tcp': {} }, WorkingDir: '/www' },
  layers: [
    busyboxLayer(sources),
    [
      { type: 'directory', path: 'www' },
      { type: 'directory', path: 'www/cgi-bin' },
      { type: 'file', path: 'bin/serve', mode: 0o755, content: server },
      { type: 'file', path: 'www/cgi-bin/hello', mode: 0o755, content: hello },
      { type: 'file', path: 'www/cgi-bin/work', mode: 0o755, content: work },
      { type: 'file', path: 'www/index.html', content: 'Hello from Windlass\n' },
    ],
  ],
});

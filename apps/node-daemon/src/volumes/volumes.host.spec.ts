import type { ConfigMap, Pod, Secret } from '@windlass/resources';
import { BUSYBOX, CONFIG_MAPS, KEEPS_RUNNING, PODS, startTestNode, type TestNode } from '../testing/test-node.ts';

const SECRETS = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true } as const;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const metadata = (name: string) => ({ name, namespace: 'default' });

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode(3);
  const maps = node.api.admin.resource<ConfigMap>(CONFIG_MAPS);
  await maps.create({
    metadata: metadata('map'),
    data: { 'data-1': 'value-1', 'data-2': 'value-2' },
    binaryData: { bin: '3q2+7w==' },
  } as ConfigMap);
  const secrets = node.api.admin.resource<Secret>(SECRETS);
  await secrets.create({ metadata: metadata('sec'), data: { key: base64('hidden'), other: base64('x') } } as Secret);
}, 60_000);
afterAll(() => node?.stop(), 60_000);

const keep = (more: object = {}, name = 'c') => ({
  name,
  image: BUSYBOX,
  command: KEEPS_RUNNING,
  ...more,
});
const mounts = (...names: string[]) => ({ volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) });
/** Mode, user and group of what the files' links lead to. */
const modes = async (pod: string, files: string) => (await node.exec(pod, `stat -L -c '%a %u %g' ${files}`)).trim().split('\n');
const eventually = async (read: () => Promise<string>, wanted: string) => {
  let text = '';
  for (let i = 0; i < 100; i++) {
    text = await read();
    if (text === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(text).toBe(wanted);
};

test('configMap and secret volumes: keys, binary data, items, modes, optional ones', async () => {
  const items = [{ key: 'data-2', path: 'path/to/two', mode: 0o400 }];
  await node.create('keys', {
    volumes: [
      { name: 'all', configMap: { name: 'map' } },
      { name: 'mode', configMap: { name: 'map', defaultMode: 0o400 } },
      { name: 'items', configMap: { name: 'map', items } },
      { name: 'absent', configMap: { name: 'none', optional: true } },
      { name: 'sec', secret: { secretName: 'sec' } },
      { name: 'sec-items', secret: { secretName: 'sec', defaultMode: 0o440, items: [{ key: 'key', path: 'new' }] } },
    ],
    containers: [keep(mounts('all', 'mode', 'items', 'absent', 'sec', 'sec-items'))],
  });
  await node.running('keys');
  expect(await node.exec('keys', 'cd /all; cat data-1 data-2; od -An -tx1 bin; ls')).toBe(
    'value-1value-2 de ad be ef\nbin\ndata-1\ndata-2\n',
  );
  expect(await node.exec('keys', 'cd /items; find . -type f | wc -l; cat path/to/two; ls /absent')).toBe('1\nvalue-2');
  expect(await node.exec('keys', 'cat /sec/key /sec-items/new; grep -c "tmpfs /sec" /proc/mounts')).toMatch(/^hiddenhidden\d/);
  expect(await modes('keys', '/all/data-1 /mode/data-1 /items/path/to/two /sec/key /sec-items/new')).toEqual([
    '644 0 0',
    '400 0 0',
    '400 0 0',
    '644 0 0',
    '440 0 0',
  ]);
}, 40_000);

test('volumes of a user that is not root, with a group of their own', async () => {
  await node.create('user', {
    securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] },
    volumes: [
      { name: 'map', configMap: { name: 'map' } },
      { name: 'sec', secret: { secretName: 'sec', defaultMode: 0o440 } },
      { name: 'dir', emptyDir: {} },
      { name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    ],
    containers: [keep(mounts('map', 'sec', 'dir', 'mem'))],
  });
  await node.running('user');
  expect(await node.exec('user', 'id -u; id -g; id -G; cat /map/data-1 /sec/key')).toBe(
    '1000\n2000\n2000 3000 4000\nvalue-1hidden',
  );
  expect(await modes('user', '/sec/key /dir /mem')).toEqual(['440 0 3000', '2777 0 3000', '2777 0 3000']);
  expect(await node.exec('user', 'touch /dir/a /mem/a; stat -c "%u %g" /dir/a /mem/a')).toBe('1000 3000\n1000 3000\n');
  expect(await node.exec('user', 'dd if=/dev/zero of=/mem/b bs=1k count=2048 2>&1 | grep -c "No space"')).toBe('1\n');
}, 40_000);

test('emptyDir is shared, of mode 777, on disk or in memory, and outlives a container', async () => {
  await node.create('shared', {
    volumes: [
      { name: 'dir', emptyDir: {} },
      { name: 'mem', emptyDir: { medium: 'Memory' } },
    ],
    containers: [
      keep(mounts('dir', 'mem'), 'one'),
      { ...keep(mounts('dir', 'mem'), 'two'), command: ['sh', '-c', 'until [ -e /dir/stop ]; do sleep 0.1; done; rm /dir/stop'] },
    ],
  });
  await node.running('shared');
  expect(await modes('shared', '/dir /mem')).toEqual(['777 0 0', '777 0 0']);
  expect(await node.exec('shared', 'grep " /mem " /proc/mounts | cut -d" " -f1')).toBe('tmpfs\n');
  await node.exec('shared', 'echo left > /dir/a; echo left > /mem/a; touch /dir/stop', 'one');
  await node.until('shared', ({ status }) =>
    status?.containerStatuses?.some(({ restartCount, state }) => restartCount === 1 && state?.running),
  );
  expect(await node.exec('shared', 'cat /dir/a /mem/a', 'two')).toBe('left\nleft\n');
}, 40_000);

const RESOURCES = {
  cpu: { containerName: 'c', resource: 'limits.cpu', divisor: '1m' },
  memory: { containerName: 'c', resource: 'requests.memory', divisor: '1Mi' },
  'all-cpu': { containerName: 'free', resource: 'limits.cpu' },
};

test('downward API and projected volumes: fields, resources, modes, followed changes', async () => {
  await node.create(
    'down',
    {
      volumes: [
        {
          name: 'fields',
          downwardAPI: {
            defaultMode: 0o400,
            items: [
              { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
              { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' }, mode: 0o444 },
              { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
              ...Object.entries(RESOURCES).map(([path, resourceFieldRef]) => ({ path, resourceFieldRef })),
            ],
          },
        },
        {
          name: 'projected',
          projected: {
            sources: [
              { configMap: { name: 'map', items: [{ key: 'data-1', path: 'map/one' }] } },
              { secret: { name: 'sec', items: [{ key: 'key', path: 'sec/key', mode: 0o400 }] } },
              { secret: { name: 'late', optional: true } },
              { downwardAPI: { items: [{ path: 'uid', fieldRef: { fieldPath: 'metadata.uid' } }] } },
              { serviceAccountToken: { path: 'token', expirationSeconds: 600 } },
            ],
          },
        },
      ],
      containers: [
        keep({
          ...mounts('fields', 'projected'),
          resources: { limits: { cpu: '1250m', memory: '64Mi' }, requests: { memory: '32Mi', cpu: '10m' } },
        }),
        keep({}, 'free'),
      ],
    },
    { labels: { a: '1', b: '2' }, annotations: { text: 'x "y"' } },
  );
  const { metadata: made } = await node.running('down');
  expect(await node.exec('down', 'cd /fields; cat name; echo; cat labels; echo; cat annotations')).toBe(
    'down\na="1"\nb="2"\ntext="x \\"y\\""',
  );
  const cpus = String(Math.ceil(Number(await node.exec('down', 'grep -c ^processor /proc/cpuinfo'))));
  expect(await node.exec('down', 'cd /fields; cat cpu; echo; cat memory; echo; cat all-cpu')).toBe(`1250\n32\n${cpus}`);
  expect(await modes('down', '/fields/name /fields/labels /projected/map/one /projected/sec/key')).toEqual([
    '400 0 0',
    '444 0 0',
    '644 0 0',
    '400 0 0',
  ]);
  expect(await node.exec('down', 'cd /projected; cat map/one sec/key uid; cut -d. -f3 token | wc -c')).toMatch(
    new RegExp(`^value-1hidden${made.uid}\\d\\d+`),
  );
  await node.api.admin.resource<Pod>(PODS).patch(metadata('down'), { metadata: { labels: { a: '3' } } } as Partial<Pod>);
  await eventually(() => node.exec('down', 'head -n 1 /fields/labels'), 'a="3"\n');
  await node.api.admin.resource<Secret>(SECRETS).create({ metadata: metadata('late'), data: { came: base64('late') } } as Secret);
  await eventually(() => node.exec('down', 'cat /projected/came 2>/dev/null || true'), 'late');
}, 50_000);

test('an updated configMap reaches its volumes in one step, not its subPath mounts', async () => {
  const maps = node.api.admin.resource<ConfigMap>(CONFIG_MAPS);
  await maps.create({ metadata: metadata('live'), data: { a: '1', gone: 'x' } } as ConfigMap);
  await node.create('updated', {
    volumes: [{ name: 'v', configMap: { name: 'live' } }],
    containers: [
      keep({
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/etc/one', subPath: 'a' },
        ],
      }),
    ],
  });
  await node.running('updated');
  await maps.patch(metadata('live'), { data: { a: '2', gone: null, b: 'new' } } as never);
  await eventually(() => node.exec('updated', 'cd /v; ls; cat a; cat /etc/one'), 'a\nb\n21');
}, 40_000);

test('subPath and subPathExpr: made in the volume; absolute paths and steps back are refused until they are changed', async () => {
  const env = [
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'NOTE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['note']" } } },
  ];
  const volumes = [{ name: 'v', emptyDir: {} }];
  const at = (subPathExpr: string) => ({ env, volumeMounts: [{ name: 'v', mountPath: '/sub', subPathExpr }] });
  await node.create('expr', { volumes, containers: [keep({ ...at('logs/$(POD)') }), keep(mounts('v'), 'whole')] });
  await node.running('expr');
  await node.exec('expr', 'echo text > /sub/file');
  expect(await node.exec('expr', 'cat /v/logs/expr/file', 'whole')).toBe('text\n');
  const waiting = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.waiting;
  const refused = async (name: string, expression: string, message: string) => {
    await node.create(name, { volumes, containers: [keep(at(expression))] });
    const pod = await node.until(name, (each) => waiting(each)?.reason === 'CreateContainerConfigError');
    expect(waiting(pod)?.message).toBe(message);
  };
  await refused('absolute', '$(NOTE)/$(POD)', 'error SubPath `/absolute` must not be an absolute path');
  await refused('unknown', '$(NOSUCH)', 'missing value for "NOSUCH"');
  const backsteps = { ...at('$(UP)'), env: [{ name: 'UP', value: '../x' }] };
  await node.create('steps', { volumes, containers: [keep(backsteps)] });
  const steps = await node.until('steps', (each) => waiting(each)?.reason === 'CreateContainerConfigError');
  expect(waiting(steps)?.message).toBe("unable to provision SubPath `../x`: must not contain '..'");
  await node.api.admin
    .resource<Pod>(PODS)
    .patch(metadata('absolute'), { metadata: { annotations: { note: 'ok' } } } as Partial<Pod>);
  await node.running('absolute');
}, 50_000);

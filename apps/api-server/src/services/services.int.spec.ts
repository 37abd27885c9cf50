import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AnyObject } from '@windlass/meta';
import { startTestApiServer, stopDatabases, type TestApiServer } from '@windlass/testkit';

const SERVICES = { group: '', version: 'v1', resource: 'services', namespaced: true, kind: 'Service' } as const;
const IPS = { group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses', namespaced: false, kind: 'IPAddress' } as const;
const namespace = 'default';
const servers: TestApiServer[] = [];

beforeAll(async () => {
  const options = { serviceCidr: '10.96.0.0/26', nodePortRange: [31000, 31019] as [number, number] };
  servers.push(await startTestApiServer(options));
  servers.push(await startTestApiServer({ ...options, databaseUrl: servers[0]!.databaseUrl }));
}, 60_000);
afterAll(async () => {
  await servers[1]?.stop();
  await servers[0]?.stop();
  await stopDatabases();
});

const services = (i = 0) => servers[i]!.admin.resource<AnyObject>(SERVICES);
const service = (name: string, spec: object = {}): AnyObject =>
  ({ metadata: { name, namespace }, spec: { ports: [{ port: 80 }], ...spec } }) as unknown as AnyObject;
const addresses = async () => {
  const { items } = await servers[0]!.admin.resource<AnyObject>(IPS).list();
  return new Map(items.map(({ metadata, spec }) => [metadata.name!, spec.parentRef.name as string]));
};

it('gives every service an address of its own, recorded as IPAddress, over both servers', async () => {
  expect((await services().get({ name: 'kubernetes', namespace })).spec.clusterIP).toBe('10.96.0.1');
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => services(i % 2).create(service(`many-${i}`))));
  const ips = made.map(({ spec }) => spec.clusterIP as string);
  expect(new Set(ips).size).toBe(20);
  const recorded = await addresses();
  for (const { metadata, spec } of made) expect(recorded.get(spec.clusterIP)).toBe(metadata.name);
  await Promise.all(made.map(({ metadata }, i) => services(i % 2).delete({ name: metadata.name!, namespace })));
  expect([...(await addresses()).keys()]).toEqual(['10.96.0.1']);
});

it('has a ServiceCIDR that is ready', async () => {
  const cidrs = { group: 'networking.k8s.io', version: 'v1', resource: 'servicecidrs', namespaced: false, kind: 'ServiceCIDR' };
  const { status } = await servers[0]!.admin.resource<AnyObject>(cidrs).get({ name: 'kubernetes' });
  expect(status.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
});

const slices = {
  group: 'discovery.k8s.io',
  version: 'v1',
  resource: 'endpointslices',
  namespaced: true,
  kind: 'EndpointSlice',
} as const;
const LEASES = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', namespaced: true, kind: 'Lease' } as const;

async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  let value: T | undefined;
  for (let i = 0; i < 100; i++) {
    value = await read();
    if (JSON.stringify(value) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(value).toEqual(wanted);
}

it('points the service kubernetes at all servers that live, and at no dead one', async () => {
  const { databaseUrl, admin } = servers[0]!;
  const join = (host: string, renewMs: number) =>
    startTestApiServer({
      databaseUrl,
      serviceCidr: '10.96.0.0/26',
      advertise: { host, port: 6443 },
      serverLeases: { renewMs, deadMs: 700 },
    });
  const shown = async () => {
    const slice = await admin.resource<AnyObject>(slices).get({ name: 'kubernetes', namespace });
    return slice.endpoints.map(({ addresses: [ip] }: { addresses: string[] }) => ip) as string[];
  };
  const one = await join('192.0.2.7', 200);
  const two = await join('192.0.2.8', 200);
  await eventually(shown, ['192.0.2.7', '192.0.2.8']);
  const endpoints = await admin
    .resource<AnyObject>({ group: '', version: 'v1', resource: 'endpoints', namespaced: true, kind: 'Endpoints' })
    .get({ name: 'kubernetes', namespace });
  expect(endpoints.subsets).toEqual([
    { addresses: [{ ip: '192.0.2.7' }, { ip: '192.0.2.8' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
  ]);
  // One that never renews is as good as dead, one that stops goes at once.
  const silent = await join('192.0.2.9', 1_000_000);
  await eventually(shown, ['192.0.2.7', '192.0.2.8', '192.0.2.9']);
  await eventually(shown, ['192.0.2.7', '192.0.2.8']);
  await two.stop();
  await eventually(shown, ['192.0.2.7']);
  const { items } = await admin.resource<AnyObject>(LEASES).list({ namespace: 'kube-system' });
  const identities = items.filter(({ metadata }) => metadata.labels?.['apiserver.kubernetes.io/identity'] === 'kube-apiserver');
  expect(
    identities.find(({ metadata }) => metadata.annotations?.['kubernetes.io/peer-advertise-address'] === '192.0.2.7:6443'),
  ).toMatchObject({
    metadata: { name: expect.stringMatching(/^apiserver-[a-z2-7]{26}$/) },
    spec: { leaseDurationSeconds: 3600 },
  });
  await silent.stop();
  await one.stop();
});

it('records the address of a service again when somebody deletes it', async () => {
  const { metadata, spec } = await services().create(service('kept'));
  const ips = servers[0]!.admin.resource<AnyObject>(IPS);
  const { uid } = (await ips.get({ name: spec.clusterIP })).metadata;
  await ips.delete({ name: spec.clusterIP });
  await eventually(async () => (await ips.get({ name: spec.clusterIP }).catch(() => undefined))?.metadata.uid !== uid, true);
  await eventually(async () => (await addresses()).get(spec.clusterIP), 'kept');
  await services().delete({ name: metadata.name!, namespace });
});

it('hands out each node port once, over both servers, and takes them back', async () => {
  const create = (i: number) => services(i % 2).create(service(`port-${i}`, { type: 'NodePort' }));
  const made = await Promise.all(Array.from({ length: 20 }, (_, i) => create(i)));
  const ports = made.map(({ spec }) => spec.ports[0].nodePort as number).sort();
  expect(ports).toEqual(Array.from({ length: 20 }, (_, i) => 31_000 + i));
  await expect(create(20)).rejects.toMatchObject({ code: 500, message: /failed to allocate a nodePort: range is full/ });
  await services(1).patch({ name: 'port-0', namespace }, { spec: { type: 'ClusterIP' } }, { type: 'merge' });
  expect((await create(21)).spec.ports[0].nodePort).toBe(made[0]!.spec.ports[0].nodePort);
  for (const { metadata } of made) await services().delete({ name: metadata.name!, namespace });
  await services().delete({ name: 'port-21', namespace });
  const again = await services().create(service('again', { type: 'NodePort', ports: [{ port: 80, nodePort: ports[3] }] }));
  expect(again.spec.ports[0].nodePort).toBe(ports[3]);
  await services().delete({ name: 'again', namespace });
});

it('takes nothing on a dry run or when the service is refused', async () => {
  const before = await addresses();
  const dry = await services().create(service('dry', { type: 'NodePort' }), { dryRun: true });
  expect(dry.spec.clusterIP).toMatch(/^10\.96\.0\./);
  expect(dry.spec.ports[0].nodePort).toBeGreaterThanOrEqual(31_000);
  await expect(services().create(service('bad', { ipFamilyPolicy: 'RequireDualStack' }))).rejects.toMatchObject({ code: 422 });
  await expect(services().create(service('kubernetes'))).rejects.toMatchObject({ code: 409 });
  expect(await addresses()).toEqual(before);
});

it('keeps what was allocated when the client sends its own manifest again', async () => {
  const first = await services().create(service('again', { type: 'NodePort' }));
  const second = await services().update(service('again', { type: 'NodePort' }));
  expect(second.spec).toEqual(first.spec);
  const external = await services().update(service('again', { type: 'ExternalName', externalName: 'a.b', ports: undefined }));
  expect(external.spec.clusterIP).toBeUndefined();
  expect((await addresses()).has(first.spec.clusterIP)).toBe(false);
});

import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '@windlass/resources';
import { cluster, node, pod } from '../testing/cluster.ts';
import { VolumeBooks } from '../volume-books.ts';
import { assume } from './node-state.ts';
import { type Placed, placeOne, placeWave } from './place.ts';
import type { NodeState, PodFacts } from './types.ts';

const claim = (
  name: string,
  spec: object = {},
  { annotations, ...more }: Record<string, object | string> = {},
): PersistentVolumeClaim =>
  ({
    metadata: { name, namespace: 'default', uid: `uid-${name}`, annotations, ...more },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'late', ...spec },
    status: { phase: 'Pending' },
  }) as unknown as PersistentVolumeClaim;
const bound = (name: string, volumeName: string, spec: object = {}) =>
  claim(name, { volumeName, ...spec }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } });
const at = (host?: string) =>
  host && {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }],
      },
    },
  };
const volume = (name: string, host?: string, more: object = {}, labels?: object): PersistentVolume =>
  ({
    metadata: { name, labels },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'late', ...at(host), ...more },
    status: { phase: 'Available' },
  }) as unknown as PersistentVolume;

const classes: Record<string, object> = {
  late: { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
  made: { provisioner: 'example.com/p', volumeBindingMode: 'WaitForFirstConsumer' },
  zoned: {
    provisioner: 'example.com/p',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['z2'] }] }],
  },
  soon: { provisioner: 'example.com/p', volumeBindingMode: 'Immediate' },
};

const books = (claims: PersistentVolumeClaim[], volumes: PersistentVolume[] = []) =>
  new VolumeBooks({
    claim: (key) => claims.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key),
    volume: (name) => volumes.find(({ metadata }) => metadata.name === name),
    volumes: (name) => volumes.filter(({ spec }) => (spec.storageClassName ?? '') === name),
    storageClass: (name) => classes[name] as unknown as StorageClass,
  });
const using = (names: string[], more: Partial<PodFacts> = {}) =>
  pod({ claims: names.map((name) => ({ key: `default/${name}`, name, ephemeral: false })), ...more });
const nodes = () => [node('a', { labels: { zone: 'z1' } }), node('b', { labels: { zone: 'z2' } })];
const place = (wanted: PodFacts, volumes: VolumeBooks, where: NodeState[] = nodes()) =>
  placeOne(wanted, cluster(where, { volumes }));

it.each<[string, PodFacts, VolumeBooks, string]>([
  ['a missing claim', using(['x']), books([]), 'persistentvolumeclaim "x" not found.'],
  [
    'an ephemeral claim that is not made yet',
    pod({ claims: [{ key: 'default/p-x', name: 'p-x', ephemeral: true }] }),
    books([]),
    'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-x".',
  ],
  [
    'a claim that goes',
    using(['x']),
    books([claim('x', {}, { deletionTimestamp: 'now' })]),
    'persistentvolumeclaim "x" is being deleted.',
  ],
  [
    'an unbound claim',
    using(['x']),
    books([claim('x', { storageClassName: 'soon' })]),
    'pod has unbound immediate PersistentVolumeClaims.',
  ],
  [
    'a claim without class',
    using(['x']),
    books([claim('x', { storageClassName: '' })]),
    'pod has unbound immediate PersistentVolumeClaims.',
  ],
  [
    'a claim that names its volume',
    using(['x']),
    books([claim('x', { volumeName: 'v' })]),
    'pod has unbound immediate PersistentVolumeClaims.',
  ],
  [
    'a volume elsewhere',
    using(['x']),
    books([bound('x', 'v')], [volume('v', 'other')]),
    '2 node(s) had volume node affinity conflict.',
  ],
  [
    'a volume that is gone',
    using(['x']),
    books([bound('x', 'v')]),
    '2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).',
  ],
  ['no volume', using(['x']), books([claim('x')]), "2 node(s) didn't find available persistent volumes to bind."],
  [
    'volumes of two nodes',
    using(['x', 'y']),
    books([bound('x', 'v'), bound('y', 'w')], [volume('v', 'a'), volume('w', 'b')]),
    '2 node(s) had volume node affinity conflict.',
  ],
  [
    'a volume of another zone',
    using(['x']),
    books([bound('x', 'v')], [volume('v', undefined, {}, { 'topology.kubernetes.io/zone': 'z9' })]),
    '2 node(s) had no available volume zone.',
  ],
])('says why: %s', (_, wanted, volumes, text) => {
  const zoned = nodes().map(({ facts }) =>
    node(facts.name, { labels: { ...facts.labels, 'topology.kubernetes.io/zone': 'z1' } }),
  );
  const found = place(wanted, volumes, zoned);
  expect(found.node).toBeUndefined();
  expect('message' in found && found.message).toBe(
    `0/2 nodes are available: ${text} preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`,
  );
});

it('goes where the bound volume is', () => {
  expect(place(using(['x']), books([bound('x', 'v')], [volume('v', 'b')])).node).toBe('b');
});

it('chooses volumes of one node for all claims, the smallest that fit', () => {
  const volumes = books(
    [claim('x'), claim('y', { resources: { requests: { storage: '5Gi' } } })],
    [volume('small-a', 'a'), volume('small-b', 'b'), volume('large-b', 'b', { capacity: { storage: '9Gi' } })],
  );
  const { node: on, volumes: plan } = place(using(['y', 'x']), volumes) as Placed;
  expect(on).toBe('b');
  expect(plan.bindings.map(({ claim: { metadata }, volume: v }) => [metadata.name, v.metadata.name])).toEqual([
    ['x', 'small-b'],
    ['y', 'large-b'],
  ]);
  expect(plan.awaited).toEqual(['default/x', 'default/y']);
});

it('gives a volume to one pod of a wave only', () => {
  const volumes = books([claim('x'), claim('y')], [volume('v', 'a')]);
  const placed = placeWave([using(['x']), using(['y'])], cluster(nodes(), { volumes }));
  expect(placed.map(({ node: on }) => on)).toEqual(['a', undefined]);
  volumes.forget((placed[0] as Placed).volumes);
  expect(place(using(['y']), volumes).node).toBe('a');
});

it('has a volume made on the node that is chosen, for all pods of the claim', () => {
  const volumes = books([claim('x', { storageClassName: 'made' })]);
  const where = nodes();
  const [first, second] = placeWave(
    [using(['x']), using(['x'], { requests: { cpu: 1 } })],
    cluster(where, { volumes }),
  ) as Placed[];
  expect(first?.volumes.provisions).toMatchObject([{ node: 'a' }]);
  expect(second?.node).toBe('a');
  const selected = { annotations: { 'volume.kubernetes.io/selected-node': 'b' } };
  expect(place(using(['x']), books([claim('x', { storageClassName: 'made' }, selected)])).node).toBe('b');
});

it('has a volume made in allowed topologies only', () => {
  expect(place(using(['x']), books([claim('x', { storageClassName: 'zoned' })])).node).toBe('b');
});

it('lets one pod alone use a ReadWriteOncePod claim, which preemption can free', () => {
  const volumes = books([bound('x', 'v', { accessModes: ['ReadWriteOncePod'] })], [volume('v')]);
  const where = nodes();
  assume(where[0]!, using(['x'], { name: 'user' }));
  const refused = place(using(['x']), volumes, where);
  expect('message' in refused && refused.message).toContain(
    '2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
  );
  const urgent = place(using(['x'], { priority: 1 }), volumes, where);
  expect(urgent).toMatchObject({ preemption: { on: 'a', victims: [{ name: 'user' }] } });
});

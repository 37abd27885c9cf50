import type { PersistentVolume, PersistentVolumeClaim } from '../types.gen.ts';
import { findMatchingVolume, isReservedFor, mismatch, reachableFrom } from './match.ts';

interface VolumeSketch {
  size?: string;
  modes?: string[];
  spec?: object;
  phase?: string;
  labels?: Record<string, string>;
  deleting?: boolean;
}

const volume = (name: string, { size = '1Gi', modes = ['ReadWriteOnce'], spec, phase, labels, deleting }: VolumeSketch = {}) =>
  ({
    metadata: { name, labels, ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    spec: { capacity: { storage: size }, accessModes: modes, ...spec },
    status: { phase: phase ?? 'Available' },
  }) as PersistentVolume;

const claim = (spec: object = {}): PersistentVolumeClaim =>
  ({
    metadata: { name: 'c', namespace: 'n', uid: 'u' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  }) as PersistentVolumeClaim;

const onNode = (name: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'host', operator: 'In', values: [name] }] }] },
  },
});
const node = (name: string) => ({ name, labels: { host: name } });
const claimRef = (uid?: string, name = 'c') => ({ claimRef: { name, namespace: 'n', uid } });

describe('findMatchingVolume', () => {
  it.each<[string, PersistentVolumeClaim, PersistentVolume[], string | undefined]>([
    [
      'the smallest that is large enough',
      claim(),
      [volume('a', { size: '5Gi' }), volume('b', { size: '2Gi' }), volume('c', { size: '1Mi' })],
      'b',
    ],
    [
      'fewer access modes before a smaller size',
      claim(),
      [volume('a', { modes: ['ReadWriteOnce', 'ReadOnlyMany'] }), volume('b', { size: '9Gi' })],
      'b',
    ],
    ['all access modes', claim({ accessModes: ['ReadWriteMany'] }), [volume('a')], undefined],
    ['not another class', claim(), [volume('a', { spec: { storageClassName: 'x' } })], undefined],
    ['the class', claim({ storageClassName: 'x' }), [volume('a'), volume('b', { spec: { storageClassName: 'x' } })], 'b'],
    ['the selector', claim({ selector: { matchLabels: { k: 'v' } } }), [volume('a'), volume('b', { labels: { k: 'v' } })], 'b'],
    ['the volume mode', claim({ volumeMode: 'Block' }), [volume('a'), volume('b', { spec: { volumeMode: 'Block' } })], 'b'],
    ['not what is released', claim(), [volume('a', { phase: 'Released' })], undefined],
    ['not what is deleted', claim(), [volume('a', { deleting: true })], undefined],
    ['not what is reserved for another', claim(), [volume('a', { spec: claimRef(undefined, 'other') })], undefined],
    ['not what is bound to a former claim of that name', claim(), [volume('a', { spec: claimRef('old') })], undefined],
    [
      'what is reserved for it, of any class',
      claim(),
      [volume('a'), volume('b', { size: '9Gi', spec: { ...claimRef(), storageClassName: 'x' } })],
      'b',
    ],
    ['nothing reserved that is too small', claim(), [volume('a', { size: '1Mi', spec: claimRef() })], undefined],
    ['equals by name', claim(), [volume('b'), volume('a')], 'a'],
  ])('%s', (_, wanted, volumes, name) => {
    expect(findMatchingVolume(wanted, volumes)?.metadata.name).toBe(name);
  });

  it('leaves a claim that waits to the scheduler, except for reserved volumes', () => {
    expect(findMatchingVolume(claim(), [volume('a')], { waits: true })).toBeUndefined();
    expect(findMatchingVolume(claim(), [volume('a', { spec: claimRef() })], { waits: true })?.metadata.name).toBe('a');
  });

  it('takes only what the node reaches and nobody was given', () => {
    const volumes = [volume('a', { spec: onNode('one') }), volume('b', { spec: onNode('two') }), volume('c')];
    expect(findMatchingVolume(claim(), volumes, { node: node('two') })?.metadata.name).toBe('b');
    expect(findMatchingVolume(claim(), volumes, { node: node('two'), taken: new Set(['b']) })?.metadata.name).toBe('c');
    const reserved = [volume('a', { spec: { ...onNode('one'), ...claimRef() } }), volume('c')];
    expect(findMatchingVolume(claim(), reserved, { node: node('two') })).toBeUndefined();
  });
});

it.each<[string, PersistentVolume, string | undefined]>([
  ['fits', volume('a'), undefined],
  ['deleted', volume('a', { deleting: true }), 'the volume is marked for deletion'],
  ['small', volume('a', { size: '1' }), 'requested PV is too small'],
  ['class', volume('a', { spec: { storageClassName: 'x' } }), 'storageClassName does not match'],
  ['mode', volume('a', { spec: { volumeMode: 'Block' } }), 'incompatible volumeMode'],
  ['access', volume('a', { modes: ['ReadOnlyMany'] }), 'incompatible accessMode'],
  ['attributes', volume('a', { spec: { volumeAttributesClassName: 'x' } }), 'volumeAttributesClassName does not match'],
])('mismatch: %s', (_, one, text) => {
  expect(mismatch(one, claim())).toBe(text);
});

test('a reference without uid reserves, one with another uid does not', () => {
  expect(isReservedFor(volume('a', { spec: claimRef() }), claim())).toBe(true);
  expect(isReservedFor(volume('a', { spec: claimRef('u') }), claim())).toBe(true);
  expect(isReservedFor(volume('a', { spec: claimRef('x') }), claim())).toBe(false);
  expect(isReservedFor(volume('a'), claim())).toBe(false);
});

test('a volume without affinity is reached from everywhere', () => {
  expect(reachableFrom(volume('a'), node('one'))).toBe(true);
  expect(reachableFrom(volume('a', { spec: onNode('two') }), node('one'))).toBe(false);
});

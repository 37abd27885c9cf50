import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import type { DeleteOptions } from './delete-options.ts';
import { decideDeletion } from './deletion.ts';

const now = new Date('2026-01-01T00:00:00Z');
const plain = {} as ResourceDefinition;
const graceful = { gracePeriod: (_: AnyObject, requested?: number) => requested ?? 30 } as unknown as ResourceDefinition;
const object = (metadata: AnyObject['metadata'] = {}): AnyObject => ({ metadata: { name: 'a', generation: 1, ...metadata } });
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString().replace('.000', '');

test.each<[string, ResourceDefinition, AnyObject['metadata'], DeleteOptions, object]>([
  ['nothing holds it', plain, {}, {}, { do: 'remove' }],
  [
    'a finalizer holds it',
    plain,
    { finalizers: ['x/y'] },
    {},
    { do: 'mark', remove: false, deletionTimestamp: at(0), seconds: 0, generation: 2, finalizers: ['x/y'] },
  ],
  [
    'foreground',
    plain,
    {},
    { propagationPolicy: 'Foreground' },
    { do: 'mark', remove: false, deletionTimestamp: at(0), seconds: 0, generation: 2, finalizers: ['foregroundDeletion'] },
  ],
  [
    'orphaning by default',
    { defaultPropagation: 'Orphan' } as ResourceDefinition,
    {},
    {},
    { do: 'mark', remove: false, deletionTimestamp: at(0), seconds: 0, generation: 2, finalizers: ['orphan'] },
  ],
  ['a finalizer holds it still', plain, { deletionTimestamp: at(0), finalizers: ['x/y'] }, {}, { do: 'nothing' }],
  [
    'background lifts an earlier orphaning',
    plain,
    { finalizers: ['orphan'] },
    { propagationPolicy: 'Background' },
    { do: 'remove' },
  ],
  [
    'a kind without garbage collection',
    { defaultPropagation: 'Unsupported' } as ResourceDefinition,
    {},
    { propagationPolicy: 'Foreground' },
    { do: 'remove' },
  ],
  [
    'a grace period',
    graceful,
    {},
    {},
    { do: 'mark', remove: false, deletionTimestamp: at(30), seconds: 30, generation: 2, finalizers: undefined },
  ],
  [
    'no grace period asked for: marked, then removed',
    graceful,
    {},
    { gracePeriodSeconds: 0 },
    { do: 'mark', remove: true, deletionTimestamp: at(0), seconds: 0, generation: 2, finalizers: undefined },
  ],
  [
    'a longer one changes nothing',
    graceful,
    { deletionTimestamp: at(30), deletionGracePeriodSeconds: 30 },
    { gracePeriodSeconds: 60 },
    { do: 'wait' },
  ],
  ['the same again', graceful, { deletionTimestamp: at(30), deletionGracePeriodSeconds: 30 }, {}, { do: 'wait' }],
  [
    'a shorter one moves the end forward',
    graceful,
    { deletionTimestamp: at(30), deletionGracePeriodSeconds: 30, generation: 2 },
    { gracePeriodSeconds: 5 },
    { do: 'mark', remove: false, deletionTimestamp: at(5), seconds: 5, generation: 2, finalizers: undefined },
  ],
  ['a removal that failed half way', graceful, { deletionTimestamp: at(0), deletionGracePeriodSeconds: 0 }, {}, { do: 'remove' }],
])('%s', (_, definition, metadata, options, expected) => {
  const deletion = decideDeletion(definition, object(metadata), options, now);
  if (deletion.do !== 'mark') return expect(deletion).toEqual(expected);
  const { deletionTimestamp, deletionGracePeriodSeconds: seconds, generation, finalizers } = deletion.object.metadata;
  expect({ do: 'mark', remove: deletion.remove, deletionTimestamp, seconds, generation, finalizers }).toEqual(expected);
});

import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { attempt, readerOf, run } from './testing/attributes.ts';

const claim = (storage: string, phase: string, storageClassName = 'grows') => ({
  metadata: { name: 'p' },
  spec: { storageClassName, resources: { requests: { storage } } },
  status: { phase },
});
const storageclasses = [{ metadata: { name: 'grows' }, allowVolumeExpansion: true }, { metadata: { name: 'fixed' } }];
const plugin = persistentVolumeClaimResize(readerOf({ storageclasses }));
const update = (object: object, old: object) =>
  run(plugin, attempt(object, { operation: 'UPDATE', resource: 'persistentvolumeclaims', old }));
const UNRESIZABLE =
  'persistentvolumeclaims "p" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

test.each([
  ['the same size', claim('1Gi', 'Pending'), claim('1024Mi', 'Pending')],
  ['a bound claim of a class that grows', claim('2Gi', 'Bound'), claim('1Gi', 'Bound')],
])('%s passes', async (_, object, old) => {
  await expect(update(object, old)).resolves.toBe(object);
});

test.each([
  [
    claim('2Gi', 'Pending'),
    claim('1Gi', 'Pending'),
    'persistentvolumeclaims "p" is forbidden: Only bound persistent volume claims can be expanded',
  ],
  [claim('2Gi', 'Bound', 'fixed'), claim('1Gi', 'Bound', 'fixed'), UNRESIZABLE],
  [claim('2Gi', 'Bound', ''), claim('1Gi', 'Bound', ''), UNRESIZABLE],
  [claim('2Gi', 'Bound', 'grows'), claim('1Gi', 'Bound', 'fixed'), UNRESIZABLE],
])('refused %#', async (object, old, message) => {
  await expect(update(object, old)).rejects.toMatchObject({ status: { code: 403, message } });
});

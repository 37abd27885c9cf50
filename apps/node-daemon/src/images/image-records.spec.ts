import type { CriImage } from '@windlass/host';
import { bytesToFree, imageRecords, overdueImages, removableImages } from './image-records.ts';

const image = (id: string, tag: string): CriImage => ({
  id,
  size: 10,
  repoTags: [tag],
  repoDigests: [],
  uid: null,
  username: '',
  pinned: false,
});
const images = [image('a', 'x/a:1'), image('b', 'x/b:1'), image('c', 'x/c:1')];
const ids = (records: { id: string }[]) => records.map(({ id }) => id);

test('the longest unused goes first; what is used, or new, stays', () => {
  let records = imageRecords(new Map(), images, new Set(['a', 'x/b:1']), 1);
  expect(ids(removableImages(records, 1, 100))).toEqual([]);
  expect(ids(removableImages(records, 101, 100))).toEqual(['c']);
  records = imageRecords(records, images, new Set(['b']), 200);
  records = imageRecords(records, [...images, image('d', 'x/d:1')], new Set(), 300);
  expect(ids(removableImages(records, 300, 100))).toEqual(['c', 'a', 'b']);
  expect(ids(overdueImages(records, 350, 300, 100))).toEqual(['c', 'a']);
  records = imageRecords(records, [image('b', 'x/b:1')], new Set(), 400);
  expect([...records.keys()]).toEqual(['b']);
});

const fs = (available: number) => ({
  capacityBytes: 1000,
  availableBytes: available,
  usedBytes: 0,
  inodes: 0,
  inodesFree: 0,
  inodesUsed: 0,
});
test.each([
  [160, 0],
  [150, 50],
  [10, 190],
])('%i of 1000 bytes free: %i are to be freed', (available, bytes) => expect(bytesToFree(fs(available), 85, 80)).toBe(bytes));

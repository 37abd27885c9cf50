import { OwnWrites } from './own-writes.ts';

const object = (resourceVersion: string, uid = 'a') => ({ metadata: { name: 'x', uid, resourceVersion } });

describe('OwnWrites', () => {
  it('calls a cache stale until it shows the last write', () => {
    const writes = new OwnWrites();
    expect(writes.isStale('k', object('5'))).toBe(false);
    writes.note('k', object('10'));
    expect(writes.isStale('k', object('9'))).toBe(true);
    expect(writes.isStale('k', object('10'))).toBe(false);
    expect(writes.isStale('k', object('9'))).toBe(false);
  });
  it('does not mistake another object of the same name', () => {
    const writes = new OwnWrites();
    writes.note('k', object('10'));
    expect(writes.isStale('k', object('9', 'b'))).toBe(false);
  });
});

import { CidrSet } from './cidr-set.ts';

describe('CidrSet', () => {
  it('hands out the lowest free block and takes it back', () => {
    const set = new CidrSet('10.244.0.0/16', 24);
    set.occupy('10.244.1.0/24', 'b');
    expect([set.take('a'), set.take('c'), set.take('a')]).toEqual(['10.244.0.0/24', '10.244.2.0/24', '10.244.0.0/24']);
    set.release('b');
    expect(set.take('d')).toBe('10.244.1.0/24');
  });
  it('runs out', () => {
    const set = new CidrSet('10.0.0.0/25', 26);
    expect([set.take('a'), set.take('b'), set.take('c')]).toEqual(['10.0.0.0/26', '10.0.0.64/26', undefined]);
  });
  it.each([
    ['nonsense', 24],
    ['fd00::/48', 64],
    ['10.0.0.0/16', 8],
  ])('refuses %s with /%d', (cidr, mask) => {
    expect(() => new CidrSet(cidr, mask)).toThrow();
  });
});

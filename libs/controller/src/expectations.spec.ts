import { Expectations } from './expectations.ts';

describe('Expectations', () => {
  it('is satisfied when all creations and deletions were seen', () => {
    const e = new Expectations();
    expect(e.satisfied('o')).toBe(true);
    e.expect('o', 2, ['u1']);
    e.created('o');
    e.deleted('o', 'u1');
    e.deleted('o', 'u1');
    expect(e.satisfied('o')).toBe(false);
    e.created('o');
    expect(e.satisfied('o')).toBe(true);
  });
  it('lapses after five minutes', () => {
    let now = 0;
    const e = new Expectations(() => now);
    e.expect('o', 1);
    now = 300_000;
    expect(e.satisfied('o')).toBe(false);
    now++;
    expect(e.satisfied('o')).toBe(true);
  });
});

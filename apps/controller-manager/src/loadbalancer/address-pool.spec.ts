import { AddressPool } from './address-pool.ts';

it('hands out each address once, the lowest first, and again after its release', () => {
  const pool = new AddressPool(['192.0.2.8-192.0.2.9', '198.51.100.0/30', 'fd00::1-fd00::1']);
  const take = (owner: string) => pool.take(owner, 4);
  expect(['a', 'b', 'c', 'd', 'e'].map(take)).toEqual(['192.0.2.8', '192.0.2.9', '198.51.100.1', '198.51.100.2', undefined]);
  expect([pool.take('a', 6), pool.take('b', 6)]).toEqual(['fd00::1', undefined]);
  pool.release('b');
  expect(take('f')).toBe('192.0.2.9');
  pool.release('a', ['fd00::1']);
  expect([take('g'), pool.take('g', 6)]).toEqual(['192.0.2.8', undefined]);
});

it('knows whose an address is', () => {
  const pool = new AddressPool(['192.0.2.0/29']);
  expect(pool.occupy('192.0.2.1', 'a')).toBe(true);
  expect(pool.occupy('192.0.2.1', 'a')).toBe(true);
  expect(pool.occupy('192.0.2.1', 'b')).toBe(false);
  for (const outside of ['192.0.2.0', '192.0.2.7', '192.0.2.8', 'x', '']) expect(pool.occupy(outside, 'a')).toBe(false);
});

it.each(['192.0.2.9-192.0.2.8', '192.0.2.1', '192.0.2.1-fd00::1', '1-2-3', ''])('refuses %p', (text) => {
  expect(() => new AddressPool([text])).toThrow('load balancer pool');
});

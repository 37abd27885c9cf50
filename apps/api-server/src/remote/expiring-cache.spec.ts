import { ExpiringCache } from './expiring-cache.ts';

test('an answer is kept for its time, asked for once at a time, and the oldest makes room', async () => {
  let now = 0;
  let asked = 0;
  const cache = new ExpiringCache<number>(2, () => now);
  const get = (key: string) =>
    cache.get(
      key,
      async () => ++asked,
      () => 100,
    );
  expect(await Promise.all([get('a'), get('a')])).toEqual([1, 1]);
  now = 99;
  expect(await get('a')).toBe(1);
  now = 100;
  expect(await get('a')).toBe(2);
  await get('b');
  await get('c');
  expect(await get('a')).toBe(5);
});

test('errors, and what is to be kept for no time, are asked for again', async () => {
  const cache = new ExpiringCache<number>(2);
  await expect(
    cache.get(
      'a',
      async () => Promise.reject(new Error('away')),
      () => 100,
    ),
  ).rejects.toThrow('away');
  expect(
    await cache.get(
      'a',
      async () => 1,
      () => 0,
    ),
  ).toBe(1);
  expect(
    await cache.get(
      'a',
      async () => 2,
      () => 0,
    ),
  ).toBe(2);
});

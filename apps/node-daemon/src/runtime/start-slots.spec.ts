import { StartSlots } from './start-slots.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('so many at once, containers before sandboxes, in order', async () => {
  const slots = new StartSlots({ slots: 1 });
  const order: string[] = [];
  const gates = new Map<string, () => void>();
  const run = (what: 'container' | 'sandbox', name: string) =>
    slots.run(what, async () => {
      order.push(name);
      await new Promise<void>((resolve) => gates.set(name, resolve));
    });
  const all = [run('sandbox', 's1'), run('sandbox', 's2'), run('sandbox', 's3'), run('container', 'c1')];
  for (const name of ['s1', 'c1', 's2', 's3']) {
    await turn();
    expect(order.at(-1)).toBe(name);
    gates.get(name)!();
    await turn();
  }
  await Promise.all(all);
  expect(order).toEqual(['s1', 'c1', 's2', 's3']);
});

test('a failed start gives its slot back', async () => {
  const slots = new StartSlots({ slots: 1 });
  await expect(slots.run('sandbox', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(slots.run('sandbox', async () => 'done')).resolves.toBe('done');
});

test('a start that hangs holds nobody back', async () => {
  const slots = new StartSlots({ slots: 1, heldMs: 20 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = slots.run('sandbox', () => promise);
  await expect(slots.run('sandbox', async () => 'done')).resolves.toBe('done');
  resolve();
  await slow;
});

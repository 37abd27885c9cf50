import { KeyExistsError, RevisionConflictError } from '../object-store.ts';
import type { Context } from './context.ts';

export function singleKeys(context: Context): void {
  describe('single keys', () => {
    test('create, get, update, delete', async () => {
      const start = await context.store.currentRevision();
      const created = await context.store.create('/core/pods/a/x', '{"v":1}');
      expect(created).toEqual({
        key: '/core/pods/a/x',
        revision: created.revision,
        createRevision: created.revision,
        data: '{"v":1}',
      });
      expect(created.revision).toBeGreaterThan(start);
      expect(await context.store.get('/core/pods/a/x')).toEqual(created);
      const updated = await context.store.update('/core/pods/a/x', created.revision, '{"v":2}');
      expect(updated).toEqual({ ...created, revision: updated.revision, data: '{"v":2}' });
      expect(updated.revision).toBeGreaterThan(created.revision);
      const deleted = await context.store.delete('/core/pods/a/x', updated.revision);
      expect(deleted).toBeGreaterThan(updated.revision);
      expect(await context.store.get('/core/pods/a/x')).toBeUndefined();
      expect(await context.store.currentRevision()).toBe(deleted);
    });

    test('texts come back as they went in', async () => {
      const text = JSON.stringify({
        quote: `it's "quoted"`,
        back: '\\ \\\\',
        dollar: '$1 $$',
        uni: 'ü 漢 😀',
        control: '\u0000\n\t',
        big: 'x'.repeat(1 << 20),
      });
      await context.store.create("/core/pods/a/o'k", text);
      expect((await context.store.get("/core/pods/a/o'k"))?.data).toBe(text);
      expect((await context.store.list('/core/pods/')).items.map((item) => item.data)).toEqual([text]);
    });

    test('a key exists once; what is refused takes no revision', async () => {
      const { revision } = await context.store.create('/core/pods/a/x', '1');
      await expect(context.store.create('/core/pods/a/x', '2')).rejects.toThrow(KeyExistsError);
      await expect(context.store.update('/core/pods/a/x', revision + 100, '2')).rejects.toThrow(RevisionConflictError);
      await expect(context.store.update('/core/pods/a/none', 1, '2')).rejects.toThrow(RevisionConflictError);
      await expect(context.store.delete('/core/pods/a/none', 1)).rejects.toThrow(RevisionConflictError);
      expect(await context.store.currentRevision()).toBe(revision);
      expect((await context.store.get('/core/pods/a/x'))?.data).toBe('1');
    });

    test('a conflict tells the current object', async () => {
      const first = await context.store.create('/core/pods/a/x', '1');
      const second = await context.store.update('/core/pods/a/x', first.revision, '2');
      const conflict = await context.store.update('/core/pods/a/x', first.revision, '3').catch((error) => error);
      expect(conflict).toMatchObject({ name: 'RevisionConflictError', expected: first.revision, current: second });
      const deletion = await context.store.delete('/core/pods/a/x', first.revision).catch((error) => error);
      expect(deletion).toMatchObject({ name: 'RevisionConflictError', current: second });
      await context.store.delete('/core/pods/a/x', second.revision);
      const gone = await context.store.update('/core/pods/a/x', second.revision, '3').catch((error) => error);
      expect(gone).toMatchObject({ name: 'RevisionConflictError', current: undefined });
    });

    test('a key created again has a new creation revision', async () => {
      const first = await context.store.create('/core/pods/a/x', '1');
      await context.store.delete('/core/pods/a/x', first.revision);
      const again = await context.store.create('/core/pods/a/x', '2');
      expect(again.createRevision).toBe(again.revision);
    });

    test.each([
      ['empty', ''],
      ['no-slash', 'no-slash'],
      ['NUL', '/nul\0'],
      ['too long', `/${'x'.repeat(5000)}`],
    ])('refuses a bad key without harm to others: %s', async (_, key) => {
      const [bad, good] = await Promise.allSettled([
        context.store.create(key, '1'),
        context.store.create('/core/pods/a/good', '1'),
      ]);
      expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    });
  });
}

import { journalDatagram, journalField } from './journal-entry.ts';

it('writes single-line fields as text and others with their length', () => {
  const data = journalDatagram([
    ['MESSAGE', 'a\nb'],
    ['PRIORITY', '6'],
  ]);
  expect(data).toEqual(
    Buffer.concat([Buffer.from('MESSAGE\n'), Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('a\nb\nPRIORITY=6\n')]),
  );
});

it('makes label keys into field names', () => {
  expect(journalField('KUBERNETES_LABEL_app.kubernetes.io/name')).toBe('KUBERNETES_LABEL_APP_KUBERNETES_IO_NAME');
  expect(journalField(`_x${'y'.repeat(80)}`)).toHaveLength(64);
});

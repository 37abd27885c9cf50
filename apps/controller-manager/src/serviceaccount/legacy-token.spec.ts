import type { Secret, ServiceAccount } from '@windlass/resources';
import { completed, isOf } from './legacy-token.ts';

const account: ServiceAccount = { metadata: { name: 'bot', namespace: 'a', uid: 'u1' } };
const secret = (annotations: Record<string, string>, data?: Record<string, string>): Secret => ({
  metadata: { name: 's', namespace: 'a', annotations },
  data,
});
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const whole = { token: base64('t'), namespace: base64('a'), 'ca.crt': base64('ca') };

test.each([
  ['by its name', { [NAME]: 'bot' }, true],
  ['by name and uid', { [NAME]: 'bot', [UID]: 'u1' }, true],
  ['an earlier one', { [NAME]: 'bot', [UID]: 'u0' }, false],
  ['another', { [NAME]: 'other' }, false],
])('of the account: %s', (_, annotations, is) => expect(isOf(secret(annotations as never), account)).toBe(is));

test.each([
  ['nothing', secret({ [NAME]: 'bot' }), whole],
  ['the authority alone', secret({ [NAME]: 'bot', [UID]: 'u1' }, { ...whole, 'ca.crt': base64('old') }), whole],
  [
    'more than is needed',
    secret({ [NAME]: 'bot' }, { extra: 'eA==', token: base64('kept') }),
    { ...whole, extra: 'eA==', token: base64('kept') },
  ],
])('a secret with %s is completed', (_, before, data) => {
  const after = completed(before, account, 'ca', () => 't');
  expect(after?.data).toEqual(data);
  expect(after?.metadata.annotations).toEqual({ [NAME]: 'bot', [UID]: 'u1' });
  expect(completed(after!, account, 'ca', () => 'never')).toBeUndefined();
});

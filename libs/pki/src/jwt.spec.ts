import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { signJwt } from './jwt.ts';

const of = (type: string, namedCurve = ''): KeyObject =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve }).privateKey;

test.each([
  ['RS256', of('rsa'), 'sha256'],
  ['ES256', of('ec', 'prime256v1'), 'sha256'],
  ['ES384', of('ec', 'secp384r1'), 'sha384'],
  ['ES512', of('ec', 'secp521r1'), 'sha512'],
])('%s', (alg, key, hash) => {
  const token = signJwt(key.export({ type: 'pkcs8', format: 'pem' }) as string, { sub: 'x' });
  const [header, payload, signature] = token.split('.');
  expect(JSON.parse(Buffer.from(header!, 'base64url').toString())).toMatchObject({ alg, kid: expect.any(String) });
  expect(JSON.parse(Buffer.from(payload!, 'base64url').toString())).toEqual({ sub: 'x' });
  const publicKey = { key: createPublicKey(key as never), dsaEncoding: 'ieee-p1363' as const };
  expect(verify(hash, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature!, 'base64url'))).toBe(true);
});

test('other keys sign nothing', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  expect(() => signJwt(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, {})).toThrow(
    'ed25519 keys are not supported',
  );
});

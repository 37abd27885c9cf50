import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createAuthority, expiryOf } from './certificate.ts';
import { signRequest, validityOf } from './sign-request.ts';
import { createSigningRequest, parseSigningRequest } from './signing-request.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const ENDS = new Date('2030-01-01T00:00:00Z');
const HOUR = 3600;

test.each([
  ['a short one lasts what was asked', HOUR, ENDS, '2026-01-01T01:00:00.000Z'],
  ['a long one counts from its beginning', 9 * HOUR, ENDS, '2026-01-01T08:55:00.000Z'],
  ['none outlives its authority', 9 * HOUR, new Date('2026-01-01T02:00:00Z'), '2026-01-01T02:00:00.000Z'],
])('%s', (_, seconds, ends, notAfter) => {
  const validity = validityOf(seconds, NOW, ends);
  expect(validity.notBefore.toISOString()).toBe('2025-12-31T23:55:00.000Z');
  expect(validity.notAfter.toISOString()).toBe(notAfter);
});

test('an authority that has expired signs nothing', () => {
  expect(() => validityOf(HOUR, NOW, NOW)).toThrow('refusing to sign a certificate that expired in the past');
});

test('the certificate has the subject, names and usages of the request, and the request key', async () => {
  const authority = await createAuthority('ca');
  const { request, key } = await createSigningRequest({
    commonName: 'system:node:a,b',
    organizations: ['system:nodes', 'o=2'],
    hosts: ['a.example.com', '10.0.0.1', 'fd00::1'],
  });
  const parsed = parseSigningRequest(request);
  expect(parsed).toMatchObject({
    commonName: 'system:node:a,b',
    organizations: ['system:nodes', 'o=2'],
    dnsNames: ['a.example.com'],
    emailAddresses: [],
    uris: [],
  });
  expect(parsed.ipAddresses).toHaveLength(2);
  const cert = new X509Certificate(
    await signRequest(authority, parsed, { usages: ['digital signature', 'server auth'], seconds: HOUR, now: new Date() }),
  );
  expect(cert.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
  expect(cert.subject).toBe('O=system:nodes\nO=o=2\nCN=system:node:a\\,b');
  expect(cert.subjectAltName).toBe('DNS:a.example.com, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1');
  expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(cert.ca).toBe(false);
  expect(cert.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(expiryOf(cert.toString()).getTime() - Date.now()).toBeGreaterThan((HOUR - 60) * 1000);
});

test('authorities with RSA and P-384 keys sign as well', async () => {
  const { request } = await createSigningRequest({ commonName: 'x' });
  const base = await createAuthority('ca');
  for (const { privateKey } of [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  ]) {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const policy = { usages: ['client auth'], seconds: HOUR, now: new Date() };
    const cert = new X509Certificate(await signRequest({ cert: base.cert, key }, parseSigningRequest(request), policy));
    expect(cert.verify(createPublicKey(privateKey as never))).toBe(true);
  }
});

test('a request whose signature is not of its key is refused', async () => {
  const { request } = await createSigningRequest({ commonName: 'somebody' });
  const der = Buffer.from(request.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const forged = Buffer.from(der.toString('latin1').replace('somebody', 'somebodx'), 'latin1').toString('base64');
  const parsed = parseSigningRequest(`-----BEGIN CERTIFICATE REQUEST-----\n${forged}\n-----END CERTIFICATE REQUEST-----\n`);
  expect(parsed.commonName).toBe('somebodx');
  const policy = { usages: ['client auth'], seconds: HOUR, now: new Date() };
  await expect(signRequest(await createAuthority('ca'), parsed, policy)).rejects.toThrow('unable to verify');
});

test('what is no certificate request is refused', () => {
  expect(() => parseSigningRequest('x')).toThrow('PEM block type must be CERTIFICATE REQUEST');
  const text = '-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQE=\n-----END CERTIFICATE REQUEST-----\n';
  expect(() => parseSigningRequest(text)).toThrow();
});

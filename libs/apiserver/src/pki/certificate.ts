import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** PEM texts. */
export interface KeyPair {
  cert: string;
  key: string;
}

export interface SubjectOptions {
  commonName: string;
  organizations?: readonly string[];
  /** DNS names and IP addresses. */
  hosts?: readonly string[];
  usage: 'client' | 'server' | 'both';
  days: number;
}

const escapeRdn = (text: string): string => text.replace(/([,+"\\<>;=#])/g, '\\$1');

const subjectOf = (commonName: string, organizations: readonly string[] = []): string =>
  [...organizations.map((o) => `O=${escapeRdn(o)}`), `CN=${escapeRdn(commonName)}`].join(',');

const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END ${label}-----\n`;

const privateKeyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));

const serial = (): string => `00${randomBytes(15).toString('hex')}`;

/** Now less a minute, so that slightly late clocks accept it. */
const validity = (days: number) => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + days * DAY_MS) });

/** A self-signed certificate authority, valid for ten years. */
export async function createAuthority(commonName: string): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: subjectOf(commonName),
    ...validity(3650),
    signingAlgorithm: ALGORITHM,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await privateKeyPem(keys.privateKey) };
}

async function authorityKey(authority: KeyPair): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

const PURPOSES = {
  client: [x509.ExtendedKeyUsage.clientAuth],
  server: [x509.ExtendedKeyUsage.serverAuth],
  both: [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth],
} as const;

/** Signs a certificate for a public key. @returns PEM */
export async function sign(authority: KeyPair, publicKey: webcrypto.CryptoKey, options: SubjectOptions): Promise<string> {
  const issuer = new x509.X509Certificate(authority.cert);
  const names = (options.hosts ?? []).map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: subjectOf(options.commonName, options.organizations),
    issuer: issuer.subject,
    ...validity(options.days),
    signingAlgorithm: ALGORITHM,
    publicKey: publicKey as never,
    signingKey: (await authorityKey(authority)) as never,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([...PURPOSES[options.usage]]),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : []),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** A new key with its certificate. */
export async function issue(authority: KeyPair, options: SubjectOptions): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  return { cert: await sign(authority, keys.publicKey, options), key: await privateKeyPem(keys.privateKey) };
}

/** Whether the certificate names every host and stays valid for at least `days`. */
export function covers(cert: string, hosts: readonly string[], days: number): boolean {
  const certificate = new x509.X509Certificate(cert);
  const names =
    certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((name) => String(name.value)) ?? [];
  return (
    certificate.notAfter.getTime() > Date.now() + days * DAY_MS &&
    hosts.every((host) => names.includes(host) || names.includes(expanded(host)))
  );
}

/** x509 prints IPv6 addresses uncompressed. */
const expanded = (host: string): string => (host === '::1' ? '0:0:0:0:0:0:0:1' : host);

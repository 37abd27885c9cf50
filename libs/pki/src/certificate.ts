import type { webcrypto } from 'node:crypto';
import { ALGORITHM, generateKeys, type KeyPair, privateKeyPem, serialNumber, signingKey } from './keys.ts';
import { alternativeNames, type Subject, subjectOf } from './names.ts';
import { usageExtensions } from './usages.ts';
import { x509 } from './x509.ts';

const DAY_MS = 86_400_000;

export interface IssueOptions extends Subject {
  usage: 'client' | 'server' | 'both';
  days: number;
}

/** Now less a minute, so that slightly late clocks accept it. */
const validity = (days: number) => ({ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + days * DAY_MS) });

/** A self-signed certificate authority, valid for ten years. */
export async function createAuthority(commonName: string): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: subjectOf({ commonName }),
    ...validity(3650),
    signingAlgorithm: ALGORITHM,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      ...usageExtensions(['cert sign', 'crl sign', 'digital signature']),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await privateKeyPem(keys.privateKey) };
}

/** What a certificate says; it is never an authority's. */
export interface Content {
  subject: string | x509.Name;
  publicKey: webcrypto.CryptoKey | x509.PublicKey;
  notBefore: Date;
  notAfter: Date;
  /** Of certificates.k8s.io. */
  usages: readonly string[];
  alternativeNames: readonly x509.Extension[];
}

/** @returns PEM @throws Error for usages that are none, or a key of the authority that cannot sign */
export async function sign(authority: KeyPair, { subject, publicKey, usages, ...content }: Content): Promise<string> {
  const issuer = new x509.X509Certificate(authority.cert);
  const { key, algorithm } = await signingKey(authority.key);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer.subjectName,
    notBefore: content.notBefore,
    notAfter: content.notAfter,
    signingAlgorithm: algorithm,
    publicKey: publicKey as never,
    signingKey: key as never,
    extensions: [
      ...usageExtensions(usages),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...content.alternativeNames,
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

const USAGES = { client: ['client auth'], server: ['server auth'], both: ['server auth', 'client auth'] };

/** A new key with its certificate. */
export async function issue(authority: KeyPair, { usage, days, ...subject }: IssueOptions): Promise<KeyPair> {
  const keys = await generateKeys();
  const cert = await sign(authority, {
    subject: subjectOf(subject),
    publicKey: keys.publicKey,
    ...validity(days),
    usages: ['digital signature', 'key encipherment', ...USAGES[usage]],
    alternativeNames: alternativeNames(subject),
  });
  return { cert, key: await privateKeyPem(keys.privateKey) };
}

/** When a certificate's validity ends, of a PEM text's first. @throws Error when it is none */
export const expiryOf = (cert: string): Date => new x509.X509Certificate(cert).notAfter;

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

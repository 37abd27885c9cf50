import { x509 } from './x509.ts';

const { KeyUsageFlags, ExtendedKeyUsage } = x509;

const KEY_USAGES: Record<string, number> = {
  signing: KeyUsageFlags.digitalSignature,
  'digital signature': KeyUsageFlags.digitalSignature,
  'content commitment': KeyUsageFlags.nonRepudiation,
  'key encipherment': KeyUsageFlags.keyEncipherment,
  'key agreement': KeyUsageFlags.keyAgreement,
  'data encipherment': KeyUsageFlags.dataEncipherment,
  'cert sign': KeyUsageFlags.keyCertSign,
  'crl sign': KeyUsageFlags.cRLSign,
  'encipher only': KeyUsageFlags.encipherOnly,
  'decipher only': KeyUsageFlags.decipherOnly,
};
/** In the order in which Go writes them. */
const EXTENDED_USAGES: Record<string, string> = {
  any: '2.5.29.37.0',
  'server auth': ExtendedKeyUsage.serverAuth,
  'client auth': ExtendedKeyUsage.clientAuth,
  'code signing': ExtendedKeyUsage.codeSigning,
  'email protection': ExtendedKeyUsage.emailProtection,
  's/mime': ExtendedKeyUsage.emailProtection,
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: ExtendedKeyUsage.timeStamping,
  'ocsp signing': ExtendedKeyUsage.ocspSigning,
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/**
 * The extensions keyUsage and extendedKeyUsage of certificates.k8s.io usages.
 * @throws Error naming the usages that are none
 */
export function usageExtensions(usages: readonly string[]): x509.Extension[] {
  const strange = usages.filter((usage) => !(usage in KEY_USAGES) && !(usage in EXTENDED_USAGES));
  if (strange.length > 0) throw new Error(`unrecognized usage values: [${strange.join(' ')}]`);
  const flags = usages.reduce((all, usage) => all | (KEY_USAGES[usage] ?? 0), 0);
  const extended = new Set(Object.entries(EXTENDED_USAGES).flatMap(([usage, oid]) => (usages.includes(usage) ? [oid] : [])));
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(extended.size > 0 ? [new x509.ExtendedKeyUsageExtension([...extended])] : []),
  ];
}

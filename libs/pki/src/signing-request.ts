import { ALGORITHM, generateKeys, pem, privateKeyPem } from './keys.ts';
import { alternativeNames, type Subject, subjectOf } from './names.ts';
import { x509 } from './x509.ts';

/** A PKCS #10 certificate request as far as Kubernetes' signers look into it. */
export interface SigningRequest {
  commonName: string;
  organizations: string[];
  dnsNames: string[];
  ipAddresses: string[];
  emailAddresses: string[];
  uris: string[];
  request: x509.Pkcs10CertificateRequest;
}

const ALTERNATIVE_NAMES = '2.5.29.17';
const BLOCK = /-----BEGIN CERTIFICATE REQUEST-----\s[\s\S]*?-----END CERTIFICATE REQUEST-----/;

/** A new key and a request, both PEM, to have it certified. */
export async function createSigningRequest(subject: Subject): Promise<{ key: string; request: string }> {
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(subject),
    keys: keys as never,
    signingAlgorithm: ALGORITHM,
    extensions: alternativeNames(subject),
  });
  return { key: await privateKeyPem(keys.privateKey), request: pem('CERTIFICATE REQUEST', request.rawData) };
}

/** The alternative names of a request, as they stand, for its certificate. */
export const requestedNames = ({ request }: SigningRequest): x509.Extension[] =>
  request.extensions.filter(({ type }) => type === ALTERNATIVE_NAMES);

/** Reads a PEM text. @throws Error when it is no certificate request */
export function parseSigningRequest(text: string): SigningRequest {
  const block = BLOCK.exec(text)?.[0];
  if (!block) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const request = new x509.Pkcs10CertificateRequest(block);
  const names = request.extensions
    .filter(({ type }) => type === ALTERNATIVE_NAMES)
    .flatMap((extension) => [...new x509.SubjectAlternativeNameExtension(extension.rawData).names.items]);
  const of = (type: x509.GeneralName['type']) => names.filter((name) => name.type === type).map(({ value }) => value);
  return {
    // The last one counts, as in Go's pkix.Name.
    commonName: request.subjectName.getField('CN').at(-1) ?? '',
    organizations: request.subjectName.getField('O'),
    dnsNames: of('dns'),
    ipAddresses: of('ip'),
    emailAddresses: of('email'),
    uris: of('url'),
    request,
  };
}

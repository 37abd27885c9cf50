import { isIP } from 'node:net';
import { x509 } from './x509.ts';

export interface Subject {
  commonName: string;
  organizations?: readonly string[];
  /** DNS names and IP addresses. */
  hosts?: readonly string[];
}

const escapeRdn = (text: string): string => text.replace(/([,+"\\<>;=#])/g, '\\$1');

export const subjectOf = ({ commonName, organizations = [] }: Subject): string =>
  [...organizations.map((o) => `O=${escapeRdn(o)}`), `CN=${escapeRdn(commonName)}`].join(',');

/** The extension subjectAltName, where there are hosts. */
export function alternativeNames({ hosts = [] }: Subject): x509.Extension[] {
  const names = hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const);
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : [];
}

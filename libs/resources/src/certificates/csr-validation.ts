import { type FieldError, fieldError, path } from '@windlass/meta';
import { Once } from '../fields/once.ts';
import type { CertificateSigningRequest } from '../types.gen.ts';
import { conditionChangeErrors, conditionErrors, conditionsOf } from './csr-conditions.ts';
import { isDerSequence, pemBlocks } from './pem.ts';
import { signerNameErrors } from './signer-name.ts';

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MINIMUM_SECONDS = 600;
const SPEC = path('spec');
const CERTIFICATE = path('status').child('certificate');

function requestErrors(request: string | undefined): FieldError[] {
  const [block] = pemBlocks(request ?? '');
  const refuse = (text: string) => [fieldError.invalid(SPEC.child('request'), request || null, text)];
  if (block?.type !== 'CERTIFICATE REQUEST') return refuse('PEM block type must be CERTIFICATE REQUEST');
  return isDerSequence(block.der) ? [] : refuse('asn1: structure error: the block is no certificate request');
}

function usageErrors(usages: readonly string[]): FieldError[] {
  const at = SPEC.child('usages');
  const once = new Once();
  return [
    ...(usages.length === 0 ? [fieldError.required(at, '')] : []),
    ...usages.flatMap((usage, i) => (USAGES.includes(usage) ? [] : [fieldError.notSupported(at.index(i), usage, USAGES)])),
    ...usages.flatMap((usage, i) => once.check(usage, at.index(i))),
  ];
}

function certificateErrors(certificate: string | undefined): FieldError[] {
  if (!certificate) return [];
  const blocks = pemBlocks(certificate);
  const refuse = (text: string) => [fieldError.invalid(CERTIFICATE, '<certificate data>', text)];
  if (blocks.length === 0) return refuse('must contain at least one CERTIFICATE PEM block');
  const stranger = blocks.find(({ type }) => type !== 'CERTIFICATE');
  if (stranger) return refuse(`only CERTIFICATE PEM blocks are allowed, found "${stranger.type}"`);
  return blocks.every(({ der }) => isDerSequence(der)) ? [] : refuse('must be a valid x509 certificate');
}

export function csrErrors({ spec, status }: CertificateSigningRequest): FieldError[] {
  const { request, usages = [], signerName = '', expirationSeconds } = spec ?? {};
  const signer = SPEC.child('signerName');
  return [
    ...requestErrors(request),
    ...usageErrors(usages),
    ...(signerName === LEGACY_SIGNER
      ? [fieldError.invalid(signer, signerName, 'the legacy signerName is not allowed via this API version')]
      : signerNameErrors(signerName, signer)),
    ...(expirationSeconds !== undefined && expirationSeconds < MINIMUM_SECONDS
      ? [
          fieldError.invalid(
            SPEC.child('expirationSeconds'),
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
    ...conditionErrors(status?.conditions ?? []),
    ...certificateErrors(status?.certificate),
  ];
}

/** @param through the subresource: only `approval` decides, only `status` issues */
export function csrUpdateErrors(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  through: '' | 'approval' | 'status',
): FieldError[] {
  const errors = [
    ...csrErrors(request),
    ...conditionChangeErrors(conditionsOf(request), conditionsOf(old), through === 'approval'),
  ];
  const [next = '', before = ''] = [request.status?.certificate, old.status?.certificate];
  if (next === before) return errors;
  if (through !== 'status') errors.push(fieldError.forbidden(CERTIFICATE, 'updates may not set certificate content'));
  else if (before) errors.push(fieldError.forbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
  return errors;
}

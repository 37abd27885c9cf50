const BLOCK = /-----BEGIN ([^-]+)-----\r?\n([\s\S]*?)-----END \1-----/g;

export interface PemBlock {
  type: string;
  der: Buffer;
}

/** The PEM blocks of a text that came as base64; what stands around them is ignored. */
export const pemBlocks = (base64: string): PemBlock[] =>
  [...Buffer.from(base64, 'base64').toString('latin1').matchAll(BLOCK)].map(([, type, body]) => ({
    type: type!,
    der: Buffer.from(body!.replace(/^[^\n]*:[^\n]*\n/gm, ''), 'base64'),
  }));

const SEQUENCE = 0x30;

/** Whether bytes are one DER sequence, neither cut off nor followed by anything. */
export function isDerSequence(der: Buffer): boolean {
  if (der.length < 2 || der[0] !== SEQUENCE) return false;
  const first = der[1]!;
  if (first < 0x80) return der.length === 2 + first;
  const size = first & 0x7f;
  if (size < 1 || size > 4 || der.length < 2 + size) return false;
  return der.length === 2 + size + der.readUIntBE(2, size);
}

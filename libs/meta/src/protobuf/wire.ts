/** Protobuf's wire format (proto2 encoding): varints, fixed64 and length-delimited fields. */

export class ProtobufError extends Error {
  override name = 'ProtobufError';
}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** Appends fields to one growing buffer; a nested message is written in place and its length put before it. */
export class Writer {
  #buffer = Buffer.allocUnsafe(1024);
  #length = 0;

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + size));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** A non-negative integer below 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** Any int64, two's complement in ten bytes when negative. */
  int(value: number): void {
    if (value >= 0 && Number.isSafeInteger(value)) {
      this.varint(value);
      return;
    }
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    while (rest > 0x7fn) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  bytes(data: Uint8Array): void {
    this.varint(data.length);
    this.#reserve(data.length);
    this.#buffer.set(data, this.#length);
    this.#length += data.length;
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.#reserve(size);
    this.#length += this.#buffer.write(value, this.#length);
  }

  /** A length-delimited field whose content `fill` writes. */
  message(field: number, fill: () => void): void {
    this.tag(field, BYTES);
    const start = this.#length;
    fill();
    const size = this.#length - start;
    let head = 1;
    for (let rest = size; rest > 0x7f; rest = Math.floor(rest / 0x80)) head++;
    this.#reserve(head);
    this.#buffer.copyWithin(start + head, start, this.#length);
    this.#length = start;
    this.varint(size);
    this.#length = start + head + size;
  }

  finish(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }
}

/** Walks the fields of one message. @throws ProtobufError on malformed input */
export class Reader {
  readonly #data: Buffer;
  #at: number;
  readonly #end: number;

  constructor(data: Buffer, start = 0, end = data.length) {
    this.#data = data;
    this.#at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#at >= this.#end) throw new ProtobufError('unexpected EOF');
      const byte = this.#data[this.#at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  unsigned(): number {
    const first = this.#at < this.#end ? this.#data[this.#at]! : 0x80;
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    return Number(this.#varint());
  }

  int(): number {
    const first = this.#at < this.#end ? this.#data[this.#at]! : 0x80;
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    return Number(BigInt.asIntN(64, this.#varint()));
  }

  double(): number {
    this.#need(8);
    const value = this.#data.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  #need(size: number): void {
    if (size < 0 || this.#at + size > this.#end) throw new ProtobufError('unexpected EOF');
  }

  bytes(): Buffer {
    const size = this.unsigned();
    this.#need(size);
    this.#at += size;
    return this.#data.subarray(this.#at - size, this.#at);
  }

  message(): Reader {
    const size = this.unsigned();
    this.#need(size);
    this.#at += size;
    return new Reader(this.#data, this.#at - size, this.#at);
  }

  /** @returns field number and wire type */
  tag(): [number, number] {
    const tag = this.unsigned();
    const field = Math.floor(tag / 8);
    if (field <= 0) throw new ProtobufError(`proto: illegal tag ${field} (wire type ${tag % 8})`);
    return [field, tag % 8];
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.#varint();
    else if (wireType === BYTES) this.bytes();
    else if (wireType === FIXED64 || wireType === FIXED32) {
      const size = wireType === FIXED64 ? 8 : 4;
      this.#need(size);
      this.#at += size;
    } else throw new ProtobufError(`proto: illegal wireType ${wireType}`);
  }
}

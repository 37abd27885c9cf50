/** Long enough to be cheap to write, short enough to be on the wire while the next one is made. */
export const PIECE_BYTES = 128 * 1024;

/** Kept for the next answers; beyond it they are left to the garbage collector. */
const KEPT = 16;
const kept: Buffer[] = [];

/** Fresh memory costs a page fault for every 4 KB: pieces are used again, by whatever answer comes next. */
const takePiece = (): Buffer => kept.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);

/** Gives back a piece that nobody reads any more. */
export function releasePiece(piece: Buffer): void {
  if (piece.buffer.byteLength === PIECE_BYTES && kept.length < KEPT) kept.push(Buffer.from(piece.buffer));
}

export const segmentLength = (segment: Buffer | string): number =>
  typeof segment === 'string' ? Buffer.byteLength(segment) : segment.length;

/**
 * Joins segments (text or UTF-8) into buffers of about {@link PIECE_BYTES}; a longer segment has one of its own. Made as they are taken;
 * whoever has written one out gives it back with {@link releasePiece}.
 */
export function* pieces(segments: Iterable<Buffer | string>): Generator<Buffer, void, undefined> {
  let piece: Buffer | undefined;
  let at = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (piece && at + length > piece.length) {
      yield piece.subarray(0, at);
      piece = undefined;
    }
    if (!piece) {
      piece = length > PIECE_BYTES ? Buffer.allocUnsafeSlow(length) : takePiece();
      at = 0;
    }
    if (typeof segment === 'string') at += piece.write(segment, at);
    else at += segment.copy(piece, at);
  }
  if (piece) yield piece.subarray(0, at);
}

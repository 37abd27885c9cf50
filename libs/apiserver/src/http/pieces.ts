/** Long enough to be cheap to write, short enough to be on the wire while the next one is made. */
export const PIECE_BYTES = 128 * 1024;

/** Joins segments (text or UTF-8) into buffers of about {@link PIECE_BYTES}; a longer segment has one of its own. Made as they are taken. */
export function* pieces(segments: Iterable<Buffer | string>): Generator<Buffer, void, undefined> {
  let piece: Buffer | undefined;
  let at = 0;
  for (const segment of segments) {
    const length = typeof segment === 'string' ? Buffer.byteLength(segment) : segment.length;
    if (piece && at + length > piece.length) {
      yield piece.subarray(0, at);
      piece = undefined;
    }
    if (!piece) {
      piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, length));
      at = 0;
    }
    if (typeof segment === 'string') at += piece.write(segment, at);
    else at += segment.copy(piece, at);
  }
  if (piece) yield piece.subarray(0, at);
}

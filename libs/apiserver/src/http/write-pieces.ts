import type { ServerResponse } from 'node:http';
import { releasePiece } from './pieces.ts';

/** Pieces on their way to the client; the next one is made when one of them has left. */
const IN_FLIGHT = 4;

/**
 * Writes the body of an answer whose headers are set, no faster than the client takes it, and gives the pieces back. A client that went away
 * ends it: nobody is left to tell. What fails while a piece is made breaks the connection, since the status line is out.
 */
export async function writePieces(response: ServerResponse, pieces: Iterable<Buffer>): Promise<void> {
  let inFlight = 0;
  let wake = () => {};
  const closed = () => wake();
  response.once('close', closed);
  try {
    for (const piece of pieces) {
      inFlight++;
      response.write(piece, () => {
        inFlight--;
        releasePiece(piece);
        wake();
      });
      while (inFlight >= IN_FLIGHT && !response.destroyed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (response.destroyed) return;
    }
    response.end();
  } catch {
    response.destroy();
  } finally {
    response.off('close', closed);
  }
}

import { expect, test } from '@jest/globals';
import { PIECE_BYTES, pieces } from './pieces.ts';

const joined = (segments: (Buffer | string)[]) => {
  const made = [...pieces(segments)];
  return { sizes: made.map((piece) => piece.length), text: Buffer.concat(made).toString() };
};

test('short segments share a piece', () => {
  expect(joined(['{"ä":', Buffer.from('"ö"'), '}'])).toEqual({ sizes: [11], text: '{"ä":"ö"}' });
});

test('nothing makes no piece', () => {
  expect(joined([])).toEqual({ sizes: [], text: '' });
});

test('pieces end where the next segment has no room; a long one stands alone', () => {
  const half = 'x'.repeat(PIECE_BYTES / 2);
  const long = Buffer.alloc(PIECE_BYTES + 5, 'y');
  const { sizes, text } = joined([half, half, 'a', long, 'b']);
  expect(sizes).toEqual([PIECE_BYTES, 1, PIECE_BYTES + 5, 1]);
  expect(text).toBe(`${half}${half}a${long}b`);
});

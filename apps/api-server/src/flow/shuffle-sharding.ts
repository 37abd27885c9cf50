import { createHash } from 'node:crypto';

/**
 * The queues of a flow: `handSize` different ones of `deckSize`, always the same for the same flow. Two flows seldom share all of theirs, so
 * that one which fills its queues leaves others a way past (KEP-1040, shuffle sharding). `deckSize`^`handSize` must stay below 2^60.
 */
export function handOf(flow: string, deckSize: number, handSize: number): number[] {
  let entropy = createHash('sha256').update(flow).digest().readBigUInt64BE();
  const hand: number[] = [];
  for (let dealt = 0; dealt < handSize; dealt++) {
    const left = BigInt(deckSize - dealt);
    let card = Number(entropy % left);
    entropy /= left;
    // The card counts among those that are still in the deck.
    for (const earlier of [...hand].sort((a, b) => a - b)) if (card >= earlier) card++;
    hand.push(card);
  }
  return hand;
}

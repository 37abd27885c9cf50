import type { CriImage } from '@windlass/host';
import type { FsCapacity } from '../stats/disk-usage.ts';

/** What is remembered of an image; times in ms since 1970. */
export interface ImageRecord {
  id: string;
  size: number;
  firstSeen: number;
  /** 0: never seen in use. */
  lastUsed: number;
  isUsed: boolean;
}

/** The records after another look; pure. @param used ids and references of what containers and pods use */
export function imageRecords(
  before: ReadonlyMap<string, ImageRecord>,
  images: readonly CriImage[],
  used: ReadonlySet<string>,
  now: number,
): ReadonlyMap<string, ImageRecord> {
  return new Map(
    images.map(({ id, size, repoTags, repoDigests }) => {
      const known = before.get(id);
      const isUsed = [id, ...repoTags, ...repoDigests].some((name) => used.has(name));
      const lastUsed = isUsed ? now : (known?.lastUsed ?? 0);
      return [id, { id, size, isUsed, lastUsed, firstSeen: known?.firstSeen ?? now }];
    }),
  );
}

/** What may go, the longest unused first. */
export const removableImages = (records: ReadonlyMap<string, ImageRecord>, now: number, minAgeMs: number): ImageRecord[] =>
  [...records.values()]
    .filter(({ isUsed, firstSeen }) => !isUsed && now - firstSeen >= minAgeMs)
    .sort((a, b) => a.lastUsed - b.lastUsed || a.firstSeen - b.firstSeen);

/** What was not used for so long that it goes whatever room there is. */
export const overdueImages = (
  records: ReadonlyMap<string, ImageRecord>,
  now: number,
  maxAgeMs: number,
  minAgeMs: number,
): ImageRecord[] =>
  removableImages(records, now, minAgeMs).filter(({ lastUsed, firstSeen }) => now - Math.max(lastUsed, firstSeen) > maxAgeMs);

/** How much is to be freed of a file system that is filled to `high` percent or more, so that `low` are left; 0: nothing. */
export function bytesToFree({ capacityBytes, availableBytes }: FsCapacity, high: number, low: number): number {
  const usedPercent = 100 - Math.floor((availableBytes * 100) / capacityBytes);
  return usedPercent >= high ? Math.ceil((capacityBytes * (100 - low)) / 100 - availableBytes) : 0;
}

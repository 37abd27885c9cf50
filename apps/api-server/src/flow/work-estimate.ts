import type { RequestInfo } from '@windlass/apiserver';

/** Of all objects of a resource. */
export interface ResourceSize {
  objects: number;
  bytes: number;
}

const BYTES_PER_SEAT = 100_000;
/** Answers are streamed out of the cache: more than this is not held for one of them. */
const MOST_BYTES = 1_000_000;
const MOST_SEATS = 100;
/** Of a level's own seats, what one request may take. */
const PART_OF_LEVEL = 0.15;

const isList = ({ verb }: RequestInfo, query: URLSearchParams): boolean =>
  verb === 'list' || (verb === 'watch' && query.get('sendInitialEvents') === 'true');

/**
 * Seats that a request takes: 1, and for a list one more for each 100 kB that it will hold (k8s.io/apiserver's size-based list estimate).
 * @param nominal the level's own seats
 */
export function seatsOf(
  info: RequestInfo,
  query: URLSearchParams,
  nominal: number,
  sizeOf: (group: string, resource: string) => ResourceSize,
): number {
  if (!isList(info, query) || info.name !== '') return 1;
  const { objects, bytes } = sizeOf(info.group, info.resource);
  if (objects === 0) return 1;
  const limit = Number(query.get('limit'));
  const shown = limit > 0 && limit < objects ? limit : objects;
  const held = Math.min(MOST_BYTES, (bytes / objects) * shown);
  const most = Math.min(MOST_SEATS, Math.max(1, Math.round(nominal * PART_OF_LEVEL)));
  return Math.min(most, Math.max(1, Math.ceil(held / BYTES_PER_SEAT)));
}

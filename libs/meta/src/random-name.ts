/** Letters and digits that spell no words and are not mistaken for each other (k8s.io/apimachinery/pkg/util/rand). */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_GENERATED_LENGTH = 63;
const SUFFIX_LENGTH = 5;

/** `length` safe characters; `random` yields [0, 1). */
export function randomSuffix(random: () => number, length = SUFFIX_LENGTH): string {
  let text = '';
  for (let i = 0; i < length; i++) text += SAFE[Math.floor(random() * SAFE.length)];
  return text;
}

/** generateName → name: cut to leave room for five random characters within 63. */
export const generateName = (base: string, random: () => number): string =>
  base.slice(0, MAX_GENERATED_LENGTH - SUFFIX_LENGTH) + randomSuffix(random);

/** rand.SafeEncodeString: each character to a safe one. */
export const safeEncodeString = (text: string): string =>
  Array.from(text, (char) => SAFE[char.charCodeAt(0) % SAFE.length]).join('');

/** JSON with sorted keys: equal values give equal texts whatever the key order. `undefined` members are left out. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    const keys = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${stableJson(record[key])}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** 32-bit FNV-1a of the UTF-8 bytes. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A short stable name part for a value (pod-template-hash, controller-revision-hash); `collisionCount` gives others for the same value. */
export const safeHash = (value: unknown, collisionCount?: number): string =>
  safeEncodeString(String(fnv32a(stableJson(value) + (collisionCount === undefined ? '' : `#${collisionCount}`))));

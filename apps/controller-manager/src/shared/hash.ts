import type { PodTemplateSpec } from '@windlass/resources';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a, 32 bits. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** k8s.io/apimachinery/pkg/util/rand.SafeEncodeString: no vowels, so no words. */
export const safeEncode = (text: string): string => [...text].map((c) => ALPHABET[c.charCodeAt(0) % ALPHABET.length]).join('');

/** JSON with sorted keys and without absent values: equal values in equal bytes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, v]) => v !== undefined && v !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Name-safe hash of a pod template; the collision count makes another of the same template. */
export const templateHash = (template: PodTemplateSpec | undefined, collisionCount?: number): string =>
  safeEncode(String(fnv32a(canonical(template) + (collisionCount === undefined ? '' : String(collisionCount)))));

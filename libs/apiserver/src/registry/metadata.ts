import { randomInt } from 'node:crypto';
import type { AnyObject } from '@windlass/meta';

/** Kubernetes' alphabet for generated names: no vowels, no look-alikes (k8s.io/apimachinery/pkg/util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_GENERATED = 63;
const SUFFIX = 5;

/** Fills metadata.name from generateName. @returns true when it did */
export function generateName({ metadata }: AnyObject): boolean {
  if (metadata.name || !metadata.generateName) return false;
  const base = metadata.generateName.slice(0, MAX_GENERATED - SUFFIX);
  metadata.name = base + Array.from({ length: SUFFIX }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return true;
}

/** Structural equality of JSON values; key order does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(x).filter((key) => x[key] !== undefined);
  return (
    keys.length === Object.keys(y).filter((key) => y[key] !== undefined).length && keys.every((key) => equalJson(x[key], y[key]))
  );
}

/** metadata.generation grows when anything but metadata and status changed. */
export function bumpGeneration(object: AnyObject, old: AnyObject): void {
  const { metadata: _, status: __, ...now } = object;
  const { metadata: ___, status: ____, ...before } = old;
  const generation = old.metadata.generation ?? 0;
  object.metadata.generation = equalJson(now, before) ? generation : generation + 1;
  if (object.metadata.generation === 0) delete object.metadata.generation;
}

import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { Version } from './definition-form.ts';

/** validateDeprecationWarning */
export function deprecationErrors({ deprecated, deprecationWarning }: Version, at: Path): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const wrong = (text: string) => fieldError.invalid(at.child('deprecationWarning'), deprecationWarning, text);
  if (!deprecated) return [wrong('can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(deprecationWarning) > 256) errors.push(wrong('must be <= 256 characters long'));
  if (deprecationWarning === '') errors.push(wrong('must not be an empty string'));
  const odd = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(deprecationWarning);
  if (odd) {
    const index = Buffer.byteLength(deprecationWarning.slice(0, odd.index));
    errors.push(wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`));
  }
  return errors;
}

import {
  type FieldError,
  fieldError,
  type Path,
  validateDns1035Label,
  validateDns1123Subdomain,
  validatePathSegmentName,
} from '@windlass/meta';
import { requiredOneOf } from '../fields/enums.ts';
import { validateLabelSelector } from '../fields/label-selector.ts';
import { textErrors } from '../fields/names.ts';
import type { ParamKind, ParamRef } from '../types.gen.ts';

const NOT_FOUND_ACTIONS = ['Allow', 'Deny'];

function validateApiVersion(apiVersion: string, at: Path): FieldError[] {
  if (apiVersion === '') return [fieldError.required(at)];
  const parts = apiVersion.split('/');
  if (parts.length > 2) return [fieldError.invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const version = parts.at(-1)!;
  const group = parts.length === 2 ? parts[0]! : '';
  const errors: FieldError[] = [];
  const joined = (texts: string[], value: string) => {
    if (texts.length > 0) errors.push(fieldError.invalid(at, value, texts.join(',')));
  };
  if (group) joined(validateDns1123Subdomain(group), group);
  if (version === '') errors.push(fieldError.invalid(at, apiVersion, 'version must be specified'));
  else joined(validateDns1035Label(version), version);
  return errors;
}

/** The kind of the objects that parameterize a policy. */
export function validateParamKind(kind: ParamKind | undefined, at: Path): FieldError[] {
  if (!kind) return [];
  const errors = validateApiVersion(kind.apiVersion ?? '', at.child('apiVersion'));
  if (!kind.kind) return [...errors, fieldError.required(at.child('kind'))];
  const texts = validateDns1035Label(kind.kind.toLowerCase());
  if (texts.length === 0) return errors;
  const detail = `may have mixed case, but should otherwise match: ${texts.join(',')}`;
  return [...errors, fieldError.invalid(at.child('kind'), kind.kind, detail)];
}

/** Which objects parameterize a policy in a binding. */
export function validateParamRef(ref: ParamRef | undefined, at: Path): FieldError[] {
  if (!ref) return [];
  const errors: FieldError[] = [];
  const { name, selector } = ref;
  if (name) {
    errors.push(...textErrors(validatePathSegmentName, name, at.child('name')));
    if (selector) {
      errors.push(fieldError.forbidden(at.child('name'), 'name and selector are mutually exclusive'));
      errors.push(fieldError.forbidden(at.child('selector'), 'name and selector are mutually exclusive'));
    }
  }
  errors.push(...validateLabelSelector(selector, at.child('selector')));
  if (!name && !selector) errors.push(fieldError.required(at, 'one of name or selector must be specified'));
  return [...errors, ...requiredOneOf(ref.parameterNotFoundAction, NOT_FOUND_ACTIONS, at.child('parameterNotFoundAction'))];
}

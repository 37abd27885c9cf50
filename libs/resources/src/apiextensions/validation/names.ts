import { type FieldError, fieldError, type Path, validateDns1035Label } from '@windlass/meta';
import type { CustomResourceDefinitionNames } from '../../types.gen.ts';

const label = (value: string | undefined, at: Path): FieldError[] => {
  const wrong = value === undefined ? [] : validateDns1035Label(value);
  return wrong.length > 0 ? [fieldError.invalid(at, value, wrong.join(','))] : [];
};

const mixed = (value: string | undefined, at: Path): FieldError[] => {
  const wrong = value ? validateDns1035Label(value.toLowerCase()) : [];
  if (wrong.length === 0) return [];
  return [fieldError.invalid(at, value, `may have mixed case, but should otherwise match: ${wrong.join(',')}`)];
};

/** ValidateCustomResourceDefinitionNames: of spec.names and of status.acceptedNames. */
export function validateNames(names: Partial<CustomResourceDefinitionNames>, at: Path): FieldError[] {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  return [
    ...label(plural || undefined, at.child('plural')),
    ...label(singular || undefined, at.child('singular')),
    ...mixed(kind, at.child('kind')),
    ...mixed(listKind, at.child('listKind')),
    ...shortNames.flatMap((name, i) => label(name, at.child('shortNames').index(i))),
    ...(kind && kind === listKind
      ? [fieldError.invalid(at.child('listKind'), listKind, 'kind and listKind may not be the same')]
      : []),
    ...categories.flatMap((name, i) => label(name, at.child('categories').index(i))),
  ];
}

/** Names that the specification must have. */
export const requiredNames = (names: Partial<CustomResourceDefinitionNames>, at: Path): FieldError[] =>
  (['plural', 'singular', 'kind', 'listKind'] as const).flatMap((name) =>
    names[name] ? [] : [fieldError.required(at.child(name))],
  );

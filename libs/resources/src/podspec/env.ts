import {
  type FieldError,
  fieldError,
  type Path,
  validateConfigMapKey,
  validateDns1123Subdomain,
  validateEnvName,
} from '@windlass/meta';
import { namePrefix, required, textErrors } from '../fields/names.ts';
import { nonReservedPath } from '../fields/paths.ts';
import type { EnvFromSource, EnvVar, FileKeySelector } from '../types.gen.ts';
import { ENV_FIELDS, validateFieldRef, validateResourceFieldRef } from './field-refs.ts';

interface KeySelector {
  name?: string;
  key: string;
}

const validateKeySelector = ({ name = '', key }: KeySelector, at: Path): FieldError[] => [
  ...textErrors(validateDns1123Subdomain, name, at.child('name')),
  ...(key ? textErrors(validateConfigMapKey, key, at.child('key')) : [fieldError.required(at.child('key'))]),
];

const validateFileKey = ({ key, path, volumeName }: FileKeySelector, at: Path): FieldError[] => [
  ...(key ? textErrors(validateEnvName, key, at.child('key')) : [fieldError.required(at.child('key'))]),
  ...required(volumeName, at.child('volumeName')),
  ...(path ? nonReservedPath(path, at.child('path')) : [fieldError.required(at.child('path'))]),
];

const SOURCES = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
const ONLY_ONE = 'may not have more than one field specified at a time';

function validateValueFrom({ value, valueFrom }: EnvVar, at: Path): FieldError[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors = [
    ...(fieldRef ? validateFieldRef(fieldRef, ENV_FIELDS, at.child('fieldRef')) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, at.child('resourceFieldRef'), false) : []),
    ...(configMapKeyRef ? validateKeySelector(configMapKeyRef, at.child('configMapKeyRef')) : []),
    ...(secretKeyRef ? validateKeySelector(secretKeyRef, at.child('secretKeyRef')) : []),
    ...(fileKeyRef ? validateFileKey(fileKeyRef, at.child('fileKeyRef')) : []),
  ];
  const count = Object.keys(valueFrom).length;
  if (count === 0) errors.push(fieldError.invalid(at, '', `must specify one of: ${SOURCES}`));
  else if (value) errors.push(fieldError.invalid(at, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(fieldError.invalid(at, '', ONLY_ONE));
  return errors;
}

export const validateEnv = (env: readonly EnvVar[] | undefined, at: Path): FieldError[] =>
  (env ?? []).flatMap((variable, i) => {
    const here = at.index(i);
    const name = here.child('name');
    return [
      ...(variable.name ? textErrors(validateEnvName, variable.name, name) : [fieldError.required(name)]),
      ...validateValueFrom(variable, here.child('valueFrom')),
    ];
  });

const validateSourceName = (name: string | undefined, at: Path): FieldError[] =>
  name ? textErrors(namePrefix, name, at) : [fieldError.required(at)];

export const validateEnvFrom = (sources: readonly EnvFromSource[] | undefined, at: Path): FieldError[] =>
  (sources ?? []).flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const here = at.index(i);
    const errors = [
      ...(prefix ? textErrors(validateEnvName, prefix, here.child('prefix')) : []),
      ...(configMapRef ? validateSourceName(configMapRef.name, here.child('configMapRef', 'name')) : []),
      ...(secretRef ? validateSourceName(secretRef.name, here.child('secretRef', 'name')) : []),
    ];
    // The list, not the item, is named here.
    if (!configMapRef && !secretRef)
      errors.push(fieldError.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef) errors.push(fieldError.invalid(at, '', ONLY_ONE));
    return errors;
  });

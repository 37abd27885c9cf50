import { type FieldError, fieldError, type Path, path, validateDns1123Label } from '@windlass/meta';
import { domainPrefixedPath } from '../fields/domain-path.ts';
import { immutable } from '../fields/immutable.ts';
import { textErrors } from '../fields/names.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { IngressClass, IngressClassParametersReference } from '../types.gen.ts';
import { validateObjectReference } from './object-reference.ts';

const SPEC = path('spec');
const MAX_CONTROLLER = 250;
const SCOPES = ['Cluster', 'Namespace'];

function validateController(controller: string, at: Path): FieldError[] {
  if (!controller) return [fieldError.required(at)];
  return [
    ...(Buffer.byteLength(controller) > MAX_CONTROLLER ? [fieldError.tooLong(at, '', MAX_CONTROLLER)] : []),
    ...domainPrefixedPath(controller, at),
  ];
}

function validateParameters(parameters: IngressClassParametersReference, at: Path): FieldError[] {
  const { scope, namespace } = parameters;
  const errors = validateObjectReference(parameters, at);
  const here = at.child('namespace');
  if (scope === undefined) return [...errors, fieldError.required(at.child('scope'))];
  if (!SCOPES.includes(scope)) return [...errors, fieldError.notSupported(at.child('scope'), scope, SCOPES)];
  if (scope === 'Namespace')
    errors.push(
      ...(namespace === undefined
        ? [fieldError.required(here, "`parameters.scope` is set to 'Namespace'")]
        : textErrors(validateDns1123Label, namespace, here)),
    );
  else if (namespace !== undefined) errors.push(fieldError.forbidden(here, "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

const validateClass = ({ spec }: IngressClass): FieldError[] => [
  ...validateController(spec?.controller ?? '', SPEC.child('controller')),
  ...(spec?.parameters ? validateParameters(spec.parameters, SPEC.child('parameters')) : []),
];

function parametersText({ spec }: IngressClass): string {
  const parameters = spec?.parameters;
  if (!parameters) return '<none>';
  const { kind, apiGroup, name } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
}

export const ingressClasses = builtin<IngressClass>('networking.k8s.io/v1', 'ingressclasses', {
  columns: [
    nameColumn,
    column(
      'Controller',
      'string',
      'Controller that is responsible for handling this class',
      ({ spec }) => spec?.controller ?? '',
    ),
    column('Parameters', 'string', 'A reference to a resource with additional parameters', parametersText),
    ageColumn,
  ],
  strategy: {
    default({ spec }) {
      if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
    },
    validate: validateClass,
    validateUpdate: (next, old) => [
      ...immutable(next.spec?.controller ?? '', old.spec?.controller ?? '', SPEC.child('controller')),
      ...validateClass(next),
    ],
  },
});

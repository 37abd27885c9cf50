import { type Column, type FieldError, fieldError, path } from '@windlass/meta';
import { dnsSubdomain } from '../fields/names.ts';
import { Once } from '../fields/once.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { FlowSchema } from '../types.gen.ts';
import { mandatorySpecErrors } from './mandatory.ts';
import { ruleErrors } from './rule-errors.ts';

const DEFAULT_PRECEDENCE = 1000;
const HIGHEST_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];
const SPEC = path('spec');

function precedenceErrors(precedence: number, name: string | undefined): FieldError[] {
  const refuse = (text: string) => [fieldError.invalid(SPEC.child('matchingPrecedence'), precedence, text)];
  if (precedence <= 0) return refuse('must be a positive value');
  if (precedence > HIGHEST_PRECEDENCE) return refuse(`must not be greater than ${HIGHEST_PRECEDENCE}`);
  return precedence === 1 && name !== 'exempt' ? refuse("only the schema named 'exempt' may have matchingPrecedence 1") : [];
}

export function flowSchemaErrors({ metadata, spec, status }: FlowSchema): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules } = spec ?? {};
  const level = SPEC.child('priorityLevelConfiguration').child('name');
  const conditions = path('status').child('conditions');
  const once = new Once();
  return [
    ...precedenceErrors(matchingPrecedence, metadata.name),
    ...(distinguisherMethod && !METHODS.includes(distinguisherMethod.type)
      ? [
          fieldError.notSupported(
            SPEC.child('distinguisherMethod').child('type'),
            { Type: distinguisherMethod.type ?? '' },
            METHODS,
          ),
        ]
      : []),
    ...(priorityLevelConfiguration?.name
      ? dnsSubdomain(priorityLevelConfiguration.name, level)
      : [fieldError.required(level, 'must reference a priority level')]),
    ...(rules ?? []).flatMap((rule, i) => ruleErrors(rule, SPEC.child('rules').index(i))),
    ...(status?.conditions ?? []).flatMap(({ type = '' }, i) => {
      const at = conditions.index(i).child('type');
      return [...once.check(type, at), ...(type ? [] : [fieldError.required(at, '')])];
    }),
    ...mandatorySpecErrors('flowschemas', metadata.name ?? '', spec, SPEC),
  ];
}

const TYPE = 'flowcontrol.v1.FlowSchemaSpec';

const columns: readonly Column<FlowSchema>[] = [
  nameColumn,
  column(
    'PriorityLevel',
    'string',
    fieldDoc('flowcontrol.v1.PriorityLevelConfigurationReference', 'name'),
    ({ spec }) => spec?.priorityLevelConfiguration.name ?? '',
  ),
  column('MatchingPrecedence', 'string', fieldDoc(TYPE, 'matchingPrecedence'), ({ spec }) => spec?.matchingPrecedence ?? 0),
  column(
    'DistinguisherMethod',
    'string',
    fieldDoc(TYPE, 'distinguisherMethod'),
    ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
  ),
  ageColumn,
  column(
    'MissingPL',
    'string',
    'references a broken or non-existent PriorityLevelConfiguration',
    ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
  ),
];

export const flowSchemas = builtin<FlowSchema>('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', {
  columns,
  strategy: {
    default: ({ spec }) => {
      if (spec) spec.matchingPrecedence ||= DEFAULT_PRECEDENCE;
    },
    prepareForCreate: (schema) => {
      schema.status = {};
    },
    validate: flowSchemaErrors,
  },
  subresources: { status: { validateUpdate: flowSchemaErrors } },
});

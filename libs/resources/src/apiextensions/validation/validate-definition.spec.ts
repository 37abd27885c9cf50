import { fieldErrorMessage, type Schema } from '@windlass/meta';
import type { CustomResourceDefinition } from '../../types.gen.ts';
import { formatWarnings } from './formats.ts';
import { validateDefinition, validateDefinitionUpdate } from './validate-definition.ts';

const SCHEMA: Schema = { type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } } };
const version = (more: object = {}) => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: SCHEMA },
  ...more,
});
const definition = (spec: object = {}, status: object = {}): CustomResourceDefinition =>
  ({
    metadata: { name: 'ws.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'ws', singular: 'w', kind: 'W', listKind: 'WList' },
      versions: [version()],
      ...spec,
    },
    status: { acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'], ...status },
  }) as unknown as CustomResourceDefinition;
const of = (openAPIV3Schema: Schema) => definition({ versions: [version({ schema: { openAPIV3Schema } })] });
const inSpec = (a: Schema) => of({ type: 'object', properties: { spec: { type: 'object', properties: { a } } } });
const errors = (crd: CustomResourceDefinition): string[] => validateDefinition(crd).map(fieldErrorMessage);
const A = 'spec.validation.openAPIV3Schema.properties[spec].properties[a]';

test('a whole definition passes', () => {
  expect(errors(definition())).toEqual([]);
  expect(errors(inSpec({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }))).toEqual([]);
  expect(
    errors(inSpec({ type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true })),
  ).toEqual([]);
});

test.each<[string, CustomResourceDefinition, string[]]>([
  [
    'a group without a dot',
    definition({ group: 'example' }),
    [
      'metadata.name: Invalid value: "ws.example.com": must be spec.names.plural+"."+spec.group',
      'spec.group: Invalid value: "example": should be a domain with at least one dot',
    ],
  ],
  [
    'a kind that is its list',
    definition({ names: { plural: 'ws', singular: 'w', kind: 'W', listKind: 'W' } }),
    ['spec.names.listKind: Invalid value: "W": kind and listKind may not be the same'],
  ],
  [
    'versions with schemas of their own are named by index',
    definition({
      versions: [version(), version({ name: 'v2', storage: false, schema: { openAPIV3Schema: { type: 'array' } } })],
    }),
    [
      'spec.versions[1].schema.openAPIV3Schema.items: Required value: must be specified',
      'spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "array": must be object at the root',
    ],
  ],
  [
    'a stored version that is gone',
    definition({}, { storedVersions: ['v0', 'v1'] }),
    [
      'status.storedVersions[0]: Invalid value: "v0": missing from spec.versions; v0 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v0 and removes v0 from status.storedVersions',
    ],
  ],
  [
    'columns and scale',
    definition({
      versions: [
        version({
          additionalPrinterColumns: [{ name: '', type: 'text', jsonPath: 'x' }],
          subresources: { scale: { specReplicasPath: '.x', statusReplicasPath: '' } },
        }),
      ],
    }),
    [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".x": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Required value',
      'spec.additionalPrinterColumns[0].name: Required value',
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .',
    ],
  ],
  [
    'conversion without a webhook',
    definition({ conversion: { strategy: 'Webhook' } }),
    [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ],
  ],
  [
    'a reserved group',
    {
      ...definition({ group: 'x.k8s.io' }),
      metadata: { name: 'ws.x.k8s.io', annotations: { 'api-approved.kubernetes.io': 'yes' } },
    } as CustomResourceDefinition,
    [
      'metadata.annotations[api-approved.kubernetes.io]: Invalid value: "yes": protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
  [
    'selectable fields',
    definition({
      versions: [version({ selectableFields: [{ jsonPath: '.spec' }, { jsonPath: '.spec.size' }, { jsonPath: '.spec.size' }] })],
    }),
    [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[2].jsonPath: Duplicate value: ".spec.size"',
    ],
  ],
  [
    'a default with unknown fields',
    inSpec({ type: 'object', default: { b: 1 } }),
    [`${A}.default: Invalid value: {"b":1}: must not have unknown fields`],
  ],
  [
    'what an alternative names is specified',
    of({ type: 'object', properties: {}, anyOf: [{ properties: { b: { minimum: 1 } } }] }),
    [
      'spec.validation.openAPIV3Schema.properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[b]',
    ],
  ],
  [
    'a rule without its text',
    inSpec({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ', reason: 'Odd', fieldPath: '.x' }] }),
    [
      `${A}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
      `${A}.x-kubernetes-validations[0].reason: Unsupported value: "Odd": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
      `${A}.x-kubernetes-validations[0].fieldPath: Invalid value: ".x": must be a valid path`,
    ],
  ],
  [
    'no versions',
    definition({ versions: undefined }, { storedVersions: undefined }),
    [
      'spec.versions: Invalid value: null: must have exactly one version marked as storage version',
      'status.storedVersions: Invalid value: null: must have at least one stored version',
    ],
  ],
])('%s', (_, crd, expected) => {
  expect(errors(crd)).toEqual(expected);
});

test('what an established definition cannot change', () => {
  const old = definition({}, { conditions: [{ type: 'Established', status: 'True' }] });
  const changed = definition({ scope: 'Cluster', names: { plural: 'ws', singular: 'w', kind: 'X', listKind: 'XList' } });
  expect(validateDefinitionUpdate(changed, old).map(fieldErrorMessage)).toEqual([
    'spec.scope: Invalid value: "Cluster": field is immutable',
    'spec.names.kind: Invalid value: "X": field is immutable',
  ]);
});

test('formats that nobody checks are told once', () => {
  const crd = inSpec({ type: 'string', format: 'bogus' });
  expect(formatWarnings(crd)).toEqual(['unrecognized format "bogus"']);
  expect(formatWarnings(crd, crd)).toEqual([]);
  expect(formatWarnings(inSpec({ type: 'string', format: 'date-time' }))).toEqual([]);
});

describe('expressions of rules', () => {
  const rule = (...rules: object[]) => ({ 'x-kubernetes-validations': rules }) as Schema;
  const shown = (text: string, more = '') =>
    `{"Rule":"${text}","Message":"","MessageExpression":"${more}","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
  test.each<[string, Schema, string[]]>([
    ['compile against their schema', { type: 'string', ...rule({ rule: 'self.size() > 1 && self.startsWith("a")' }) }, []],
    [
      'no fields in a string',
      { type: 'string', ...rule({ rule: 'self.bogus == 1' }) },
      [
        `${A}.x-kubernetes-validations[0].rule: Invalid value: ${shown('self.bogus == 1')}: compilation failed: ERROR: <input>:1:5: type 'string' does not support field selection\n | self.bogus == 1\n | ....^`,
      ],
    ],
    [
      'not a bool',
      { type: 'string', ...rule({ rule: 'self' }) },
      [`${A}.x-kubernetes-validations[0].rule: Invalid value: ${shown('self')}: cel expression must evaluate to a bool`],
    ],
    [
      'a messageExpression that is no string',
      { type: 'string', ...rule({ rule: 'true', messageExpression: 'self.size()' }) },
      [
        `${A}.x-kubernetes-validations[0].messageExpression: Invalid value: ${shown('true', 'self.size()')}: messageExpression must evaluate to a string`,
      ],
    ],
    [
      'oldSelf where nothing says which item it was',
      { type: 'array', maxItems: 3, items: { type: 'integer', ...rule({ rule: 'self == oldSelf' }) } },
      [
        `${A}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${A}`,
      ],
    ],
    [
      'optionalOldSelf without oldSelf',
      { type: 'integer', ...rule({ rule: 'self > 1', optionalOldSelf: true }) },
      [`${A}.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`],
    ],
  ])('%s', (_, schema, expected) => {
    expect(errors(inSpec(schema))).toEqual(expected);
  });
});

test('rules that may cost too much are refused, unless they are stored already', () => {
  const rules = { 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] } as Schema;
  const costly = (bounds: object): Schema => ({ type: 'array', items: { type: 'string' }, ...rules, ...bounds });
  const at = `${A}.x-kubernetes-validations[0].rule`;
  expect(errors(inSpec(costly({ maxItems: 10, items: { type: 'string', maxLength: 10 } })))).toEqual([]);
  expect(errors(inSpec(costly({})))).toEqual([
    expect.stringContaining(`${at}: Forbidden: estimated rule cost exceeds budget by factor of more than 100x`),
    `${at}: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    expect.stringContaining('spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total'),
  ]);
  const single = inSpec(costly({ maxItems: 1500, items: { type: 'string', maxLength: 10 } }));
  expect(errors(single)).toEqual([expect.stringMatching(/estimated rule cost exceeds budget by factor of \d\.\dx/)]);
  expect(validateDefinitionUpdate(single, single)).toEqual([]);
});

import {
  equalJson,
  type FieldError,
  fieldError,
  path,
  type Schema,
  validateDns1035Label,
  validateDns1123Subdomain,
} from '@windlass/meta';
import { oneOf } from '../../fields/enums.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec } from '../../types.gen.ts';
import { validateApproval } from './approval.ts';
import { validateColumn, validateSubresources } from './columns-and-scale.ts';
import { validateConversion } from './conversion.ts';
import { type DefinitionForm, definitionForm, schemaOf, type Version } from './definition-form.ts';
import { deprecationErrors } from './deprecation.ts';
import { goSchema } from './go-schema.ts';
import { requiredNames, validateNames } from './names.ts';
import { validateSelectableFields } from './selectable-fields.ts';
import { validateSchema } from './validate-schema.ts';

const SPEC = path('spec');
const VERSIONS = SPEC.child('versions');

function validateGroup(group: string): FieldError[] {
  const at = SPEC.child('group');
  if (!group) return [fieldError.required(at)];
  const wrong = validateDns1123Subdomain(group);
  if (wrong.length > 0) return [fieldError.invalid(at, group, wrong.join(','))];
  return group.includes('.') ? [] : [fieldError.invalid(at, group, 'should be a domain with at least one dot')];
}

/** A version as errors show it. */
const goVersion = (version: Version) => ({
  Name: version.name ?? '',
  Served: version.served ?? false,
  Storage: version.storage ?? false,
  Deprecated: version.deprecated ?? false,
  DeprecationWarning: version.deprecationWarning ?? null,
  Schema: version.schema ? { OpenAPIV3Schema: goSchema(schemaOf(version)!) } : null,
  Subresources: version.subresources
    ? {
        Status: version.subresources.status ? {} : null,
        Scale: version.subresources.scale
          ? {
              SpecReplicasPath: version.subresources.scale.specReplicasPath ?? '',
              StatusReplicasPath: version.subresources.scale.statusReplicasPath ?? '',
              LabelSelectorPath: version.subresources.scale.labelSelectorPath ?? null,
            }
          : null,
      }
    : null,
  AdditionalPrinterColumns:
    version.additionalPrinterColumns?.map((column) => ({
      Name: column.name ?? '',
      Type: column.type ?? '',
      Format: column.format ?? '',
      Description: column.description ?? '',
      Priority: column.priority ?? 0,
      JSONPath: column.jsonPath ?? '',
    })) ?? null,
  SelectableFields: version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath ?? '' })) ?? null,
});

/** What a version, or all in common, says of schema, subresources, columns and fields. */
function contentErrors(
  holder: Pick<Version, 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'>,
  { hasStatus, keptMany, keptSchema }: { hasStatus: boolean; keptMany: boolean; keptSchema: boolean },
  at: { schema: typeof SPEC; holder: typeof SPEC },
): FieldError[] {
  return [
    ...validateSchema(schemaOf(holder), hasStatus, keptSchema, at.schema.child('openAPIV3Schema')),
    ...validateSubresources(holder.subresources, at.holder.child('subresources')),
    ...(holder.additionalPrinterColumns ?? []).flatMap((column, i) =>
      validateColumn(column, at.holder.child('additionalPrinterColumns').index(i)),
    ),
  ].concat(
    holder.selectableFields?.length && schemaOf(holder)
      ? validateSelectableFields(holder.selectableFields, schemaOf(holder)!, keptMany, at.holder.child('selectableFields'))
      : [],
  );
}

const fieldsAndSchema = (
  { common }: DefinitionForm,
  version: Version,
): { fields?: Version['selectableFields']; schema?: Schema } => ({
  fields: version.selectableFields ?? common.selectableFields,
  schema: schemaOf(version) ?? schemaOf(common),
});

function versionsErrors(form: DefinitionForm): FieldError[] {
  const errors: FieldError[] = [];
  const shown = () => (form.given ? form.versions.map(goVersion) : null);
  const names = form.versions.map(({ name }) => name);
  if (new Set(names).size < names.length) errors.push(fieldError.invalid(VERSIONS, shown(), 'must contain unique version names'));
  if (form.versions.filter(({ storage }) => storage).length !== 1)
    errors.push(fieldError.invalid(VERSIONS, shown(), 'must have exactly one version marked as storage version'));
  return errors;
}

function validateSpec(spec: CustomResourceDefinitionSpec, old: CustomResourceDefinitionSpec | undefined): FieldError[] {
  const form = definitionForm(spec);
  const { common, versions } = form;
  const hadSchemas = !old || (old.versions ?? []).every((version) => schemaOf(version));
  const errors = [
    ...validateGroup(spec.group ?? ''),
    ...(spec.scope
      ? oneOf(spec.scope, ['Cluster', 'Namespaced'], SPEC.child('scope'))
      : [fieldError.required(SPEC.child('scope'))]),
  ];
  if (!schemaOf(common))
    versions.forEach((version, i) => {
      if (schemaOf(version) || !(hadSchemas || version.served)) return;
      const detail = hadSchemas ? '' : 'because otherwise all fields are pruned';
      errors.push(fieldError.required(VERSIONS.index(i).child('schema', 'openAPIV3Schema'), detail));
    });
  versions.forEach((version, i) => {
    const at = VERSIONS.index(i);
    const wrong = validateDns1035Label(version.name ?? '');
    if (wrong.length > 0) errors.push(fieldError.invalid(at.child('name'), version.name, wrong.join(',')));
    errors.push(...deprecationErrors(version, at));
    const before = old?.versions?.find(({ name }) => name === version.name);
    const { fields, schema } = fieldsAndSchema(form, version);
    const keptMany = equalJson(before?.selectableFields, fields);
    const keptSchema = before !== undefined && equalJson(schemaOf(before), schemaOf(version));
    const hasStatus = (version.subresources ?? common.subresources)?.status !== undefined;
    errors.push(
      ...contentErrors(
        { ...version, schema: version.schema },
        { hasStatus, keptMany, keptSchema },
        { schema: at.child('schema'), holder: at },
      ),
    );
    if (!version.schema && version.selectableFields && schema)
      errors.push(...validateSelectableFields(version.selectableFields, schema, keptMany, at.child('selectableFields')));
  });
  errors.push(...versionsErrors(form));
  if (versions[0] && validateDns1035Label(versions[0].name ?? '').length > 0)
    errors.push(
      fieldError.invalid(SPEC.child('version'), versions[0].name, validateDns1035Label(versions[0].name ?? '').join(',')),
    );
  errors.push(...requiredNames(spec.names ?? {}, SPEC.child('names')), ...validateNames(spec.names ?? {}, SPEC.child('names')));
  const anyStatus = [common, ...versions].some(({ subresources }) => subresources?.status !== undefined);
  const keptMany = equalJson(old && definitionForm(old).common.selectableFields, common.selectableFields);
  const keptSchema = old !== undefined && equalJson(schemaOf(definitionForm(old).common), schemaOf(common));
  const traits = { hasStatus: anyStatus, keptMany, keptSchema };
  errors.push(...contentErrors(common, traits, { schema: SPEC.child('validation'), holder: SPEC }));
  return [...errors, ...validateConversion(spec.conversion, old?.conversion, SPEC.child('conversion'))];
}

function storedVersionsErrors({ spec, status }: CustomResourceDefinition): FieldError[] {
  const at = path('status', 'storedVersions');
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [fieldError.invalid(at, null, 'must have at least one stored version')];
  const names = (spec.versions ?? []).map(({ name }) => name);
  return [
    ...(spec.versions ?? [])
      .filter(({ name, storage }) => storage && !stored.includes(name))
      .map(({ name }) => fieldError.invalid(at, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, i) =>
      names.includes(name)
        ? []
        : [
            fieldError.invalid(
              at.index(i),
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ];
}

function preserveErrors(crd: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] {
  if (!crd.spec.preserveUnknownFields || old?.spec.preserveUnknownFields) return [];
  const text = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [fieldError.invalid(SPEC.child('preserveUnknownFields'), true, text)];
}

const NAME = path('metadata', 'name');

/** A definition's name says its resource and group. */
const nameErrors = ({ metadata, spec }: CustomResourceDefinition): FieldError[] =>
  metadata.name && metadata.name !== `${spec.names?.plural ?? ''}.${spec.group ?? ''}`
    ? [fieldError.invalid(NAME, metadata.name, 'must be spec.names.plural+"."+spec.group')]
    : [];

export function acceptedNamesErrors({ status }: CustomResourceDefinition): FieldError[] {
  return validateNames(status?.acceptedNames ?? {}, path('status', 'acceptedNames'));
}

/** ValidateCustomResourceDefinition. */
export const validateDefinition = (crd: CustomResourceDefinition): FieldError[] => [
  ...nameErrors(crd),
  ...validateSpec(crd.spec, undefined),
  ...acceptedNamesErrors(crd),
  ...storedVersionsErrors(crd),
  ...validateApproval(crd, undefined),
  ...preserveErrors(crd, undefined),
];

const established = ({ status }: CustomResourceDefinition): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;

function immutableErrors(crd: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const kept = (name: string, now: unknown, before: unknown): FieldError[] =>
    equalJson(now, before) ? [] : [fieldError.invalid(SPEC.child(...name.split('.')), now, 'field is immutable')];
  return [
    ...(established(old)
      ? [...kept('scope', crd.spec.scope, old.spec.scope), ...kept('names.kind', crd.spec.names.kind, old.spec.names.kind)]
      : []),
    ...kept('group', crd.spec.group, old.spec.group),
    ...kept('names.plural', crd.spec.names.plural, old.spec.names.plural),
  ];
}

/** ValidateCustomResourceDefinitionUpdate. */
export const validateDefinitionUpdate = (crd: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] => [
  ...validateSpec(crd.spec, old.spec),
  ...immutableErrors(crd, old),
  ...acceptedNamesErrors(crd),
  ...storedVersionsErrors(crd),
  ...validateApproval(crd, old),
  ...preserveErrors(crd, old),
];

import {
  type AnyObject,
  apiVersionOf,
  applyDefaults,
  findJsonPath,
  isConditionTrue,
  parseJsonPath,
  pruneStructural,
  type ResourceDefinition,
  type Schema,
  type Subresource,
  type Verb,
} from '@windlass/meta';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../types.gen.ts';
import { customStrategy } from './custom-strategy.ts';
import { printerColumns } from './printer-columns.ts';

const VIEW_VERBS: readonly Verb[] = ['get', 'patch', 'update'];

/** `com.example.stable.v1.CronTab`: the name under which OpenAPI publishes a kind. */
export const customSchemaName = (group: string, version: string, kind: string): string =>
  `${group.split('.').reverse().join('.')}.${version}.${kind}`;

/** Everything that the API server must serve for a definition whose names are accepted: one entry per served version. */
export function customDefinitions(crd: CustomResourceDefinition): ResourceDefinition[] {
  const { conditions, acceptedNames } = crd.status ?? {};
  if (!isConditionTrue(conditions, 'Established') || !acceptedNames?.plural) return [];
  const storage = crd.spec.versions.find((version) => version.storage);
  if (!storage) return [];
  return crd.spec.versions.filter((version) => version.served).map((version) => definitionOf(crd, version, storage.name));
}

function definitionOf(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  storage: string,
): ResourceDefinition {
  const { group, scope } = crd.spec;
  const names = crd.status!.acceptedNames!;
  const { kind } = names;
  const published = (version.schema?.openAPIV3Schema ?? {}) as Schema;
  const schema: Schema = crd.spec.preserveUnknownFields
    ? { ...published, 'x-kubernetes-preserve-unknown-fields': true }
    : published;
  const hasStatus = version.subresources?.status !== undefined;
  const selectablePaths = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  const traits = { group, version: version.name, kind, schema, hasStatus };
  const strategy = customStrategy(traits);
  const terminating = isConditionTrue(crd.status?.conditions, 'Terminating');
  const at = (target: string) => (object: AnyObject) => ({ ...object, apiVersion: apiVersionOf(group, target) });
  return {
    group,
    version: version.name,
    kind,
    listKind: names.listKind,
    scope: scope as ResourceDefinition['scope'],
    names: {
      plural: names.plural,
      singular: names.singular ?? '',
      ...(names.shortNames?.length ? { short: names.shortNames } : {}),
      ...(names.categories?.length ? { categories: names.categories } : {}),
    },
    schema: customSchemaName(group, version.name, kind),
    custom: { schema, published, selectablePaths, terminating },
    storedAs: {
      group,
      version: storage,
      resource: names.plural,
      decode(stored) {
        const object = at(version.name)(stored);
        pruneStructural(object, schema);
        applyDefaults(object, schema);
        return object;
      },
      encode: at(storage),
    },
    bareFinalizers: true,
    unconditionalUpdate: false,
    hasGeneration: true,
    strategy,
    columns: printerColumns(version.additionalPrinterColumns),
    selectableFields: selectableFields(version),
    subresources: subresources(version, strategy),
  };
}

function selectableFields({
  selectableFields: declared,
}: CustomResourceDefinitionVersion): Record<string, (o: AnyObject) => string> {
  const fields: Record<string, (object: AnyObject) => string> = {
    'metadata.name': (object) => object.metadata.name ?? '',
    'metadata.namespace': (object) => object.metadata.namespace ?? '',
  };
  for (const { jsonPath } of declared ?? []) {
    const steps = parseJsonPath(jsonPath);
    fields[jsonPath.replace(/^\./, '')] = (object) => String(findJsonPath(object, steps)[0] ?? '');
  }
  return fields;
}

function subresources(
  { subresources: declared }: CustomResourceDefinitionVersion,
  strategy: ReturnType<typeof customStrategy>,
): Record<string, Subresource> {
  const found: Record<string, Subresource> = {};
  if (declared?.status) found.status = { type: 'view', verbs: VIEW_VERBS, writes: ['status'], ...strategy };
  if (declared?.scale) {
    const { specReplicasPath, statusReplicasPath, labelSelectorPath } = declared.scale;
    found.scale = {
      type: 'scale',
      verbs: VIEW_VERBS,
      specReplicasPath,
      statusReplicasPath,
      ...(labelSelectorPath ? { selectorPath: labelSelectorPath } : {}),
    };
  }
  return found;
}

import { equalJson } from '@windlass/meta';
import { builtin } from '../generic/definition.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec } from '../types.gen.ts';
import { formatWarnings } from './validation/formats.ts';
import { validateDefinition, validateDefinitionUpdate } from './validation/validate-definition.ts';

/** Holds a definition until every object of its kind is gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

function setDefaults({ spec }: CustomResourceDefinition): void {
  const { names } = spec;
  if (names.kind) {
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  const service = (spec.conversion.webhook as { clientConfig?: { service?: { port?: number } } } | undefined)?.clientConfig
    ?.service;
  if (service) service.port ??= 443;
}

/** Every version that was ever the storage version stays listed until an administrator takes it out. */
function rememberStored(crd: CustomResourceDefinition, spec: Partial<CustomResourceDefinitionSpec> | undefined): void {
  const storage = spec?.versions?.find((version) => version.storage)?.name;
  const stored = crd.status?.storedVersions ?? [];
  if (crd.status && storage && !stored.includes(storage)) crd.status.storedVersions = [...stored, storage];
}

export const customResourceDefinitions = builtin<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  {
    hasGeneration: true,
    bareFinalizers: true,
    deletionFinalizers: [CLEANUP_FINALIZER],
    strategy: {
      default: setDefaults,
      prepareForCreate(crd) {
        crd.status = { conditions: null as never, acceptedNames: { plural: '', kind: '' }, storedVersions: [] };
        rememberStored(crd, crd.spec);
      },
      prepareForUpdate(crd, old) {
        if (!equalJson(crd.spec, old.spec)) rememberStored(crd, crd.spec);
      },
      validate: validateDefinition,
      validateUpdate: validateDefinitionUpdate,
      warnings: formatWarnings,
    },
  },
);

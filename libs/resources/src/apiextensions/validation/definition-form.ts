import { equalJson, type Schema } from '@windlass/meta';
import type { CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from '../../types.gen.ts';

export type Version = CustomResourceDefinitionVersion;
export type VersionField = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields';

/** A definition as Kubernetes holds it: what all versions have in common stands once, at the top. Errors name these fields. */
export interface DefinitionForm {
  common: Pick<Version, VersionField>;
  versions: Version[];
  /** There is a list of versions, if only an empty one. */
  given: boolean;
}

const FIELDS: readonly VersionField[] = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'];

/** Convert_v1_CustomResourceDefinitionSpec_To_apiextensions_CustomResourceDefinitionSpec */
export function definitionForm(spec: Partial<CustomResourceDefinitionSpec>): DefinitionForm {
  const { versions = [] } = spec;
  const common: Partial<Version> = {};
  const own = versions.map((version) => ({ ...version }));
  for (const field of FIELDS) {
    const first = versions[0]?.[field];
    if (!versions.every((version) => equalJson(version[field], first))) continue;
    Object.assign(common, { [field]: first });
    for (const version of own) delete version[field];
  }
  return { common, versions: own, given: spec.versions !== undefined };
}

export const schemaOf = (holder: Pick<Version, 'schema'>): Schema | undefined =>
  holder.schema?.openAPIV3Schema as unknown as Schema | undefined;

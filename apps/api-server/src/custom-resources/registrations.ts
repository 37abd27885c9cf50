import type { ResourceReader, ResourceWriter } from '@windlass/apiserver';
import { type AnyObject, StatusError } from '@windlass/meta';
import type { CustomResourceDefinition } from '@windlass/resources';

const GROUP = 'apiregistration.k8s.io';
const RESOURCE = 'apiservices';
const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** The APIServices that should exist for the served versions of all definitions, by name (kubernetes' crdRegistrationController). */
export function wantedRegistrations(definitions: readonly CustomResourceDefinition[]): Map<string, AnyObject> {
  const wanted = new Map<string, AnyObject>();
  for (const { spec } of definitions)
    for (const { name: version } of spec.versions.filter(({ served }) => served)) {
      const name = `${version}.${spec.group}`;
      wanted.set(name, {
        apiVersion: `${GROUP}/v1`,
        kind: 'APIService',
        metadata: { name, labels: { [AUTOMANAGED]: 'true' } },
        spec: { group: spec.group, version, groupPriorityMinimum: 1000, versionPriority: 100 },
      } as AnyObject);
    }
  return wanted;
}

/** What has to be made and what has to go; APIServices that others made stay as they are. */
export function registrationChanges(
  wanted: ReadonlyMap<string, AnyObject>,
  existing: readonly AnyObject[],
): { create: AnyObject[]; remove: string[] } {
  const present = new Set(existing.map(({ metadata }) => metadata.name!));
  const ours = existing.filter(({ metadata }) => metadata.labels?.[AUTOMANAGED] === 'true');
  return {
    create: [...wanted.values()].filter(({ metadata }) => !present.has(metadata.name!)),
    remove: ours.map(({ metadata }) => metadata.name!).filter((name) => !wanted.has(name)),
  };
}

/** Another server may have done the same already. */
async function tolerate(work: Promise<unknown>, reason: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== reason) throw error;
  }
}

/** Makes the stored APIServices those of the definitions. */
export async function registerVersions(
  reader: ResourceReader,
  writer: ResourceWriter,
  definitions: readonly CustomResourceDefinition[],
): Promise<void> {
  const { create, remove } = registrationChanges(wantedRegistrations(definitions), reader.list(GROUP, RESOURCE));
  await Promise.all([
    ...create.map((object) => tolerate(writer.create(GROUP, RESOURCE, object), 'AlreadyExists')),
    ...remove.map((name) => tolerate(writer.delete(GROUP, RESOURCE, '', name), 'NotFound')),
  ]);
}

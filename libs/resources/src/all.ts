import type { ResourceDefinition } from '@windlass/meta';
import { extensions } from './extensions.ts';
import { builtin, builtinNames } from './generic/definition.ts';
import { infrastructure } from './infrastructure.ts';
import { provisions } from './provisions.ts';
import { securityKinds } from './security.ts';
import { workloads } from './workloads.ts';

/** Kinds with rules of their own. A kind that is not listed here is served with its schema alone. */
const special: readonly ResourceDefinition[] = [...extensions, ...workloads, ...infrastructure, ...provisions, ...securityKinds];

const idOf = ({ group, version, names }: ResourceDefinition): string =>
  `${group ? `${group}/${version}` : version} ${names.plural}`;

/** Everything that the API server serves. */
export const allDefinitions: readonly ResourceDefinition[] = (() => {
  const known = new Map(special.map((definition) => [idOf(definition), definition]));
  return builtinNames().map(([apiVersion, plural]) => known.get(`${apiVersion} ${plural}`) ?? builtin(apiVersion, plural));
})();

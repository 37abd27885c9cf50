import type { Registry } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { CustomResources } from './custom-resources.ts';

/** Follows the CustomResourceDefinitions. Stop the answer before the cache. */
export function followCustomResources({ definitions, reader, writer, logger }: Foundation, registry: Registry): CustomResources {
  const custom = new CustomResources({ definitions, registry, reader, writer, now: () => registry.now() }, logger);
  custom.start();
  return custom;
}

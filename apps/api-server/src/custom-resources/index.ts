import type { Registry, WebhookClient } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { CustomResources } from './custom-resources.ts';

/** Follows the CustomResourceDefinitions. Stop the answer before the cache. @param webhooks asks those that convert */
export function followCustomResources(
  { definitions, reader, writer, logger }: Foundation,
  registry: Registry,
  webhooks: WebhookClient,
): CustomResources {
  const custom = new CustomResources({ definitions, registry, reader, writer, webhooks, now: () => registry.now() }, logger);
  custom.start();
  return custom;
}

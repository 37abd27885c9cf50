import type { AdmissionAttributes, Definitions, ResourceReader } from '@windlass/apiserver';
import { forbidden, type ResourceDefinition } from '@windlass/meta';
import { admissionEnvironment, type MutatingWebhook } from '@windlass/resources';
import { admissionVariables, type CelServices, type Seen } from '../matching/cel-values.ts';
import { conditionsMatch } from '../matching/conditions.ts';
import { matchedAs, seenAs } from '../matching/matched-as.ts';
import { isExempt } from '../matching/rules.ts';
import { namespaceSelected, objectSelected } from '../matching/selectors.ts';

const GROUP = 'admissionregistration.k8s.io';
const environment = admissionEnvironment({ params: false, namespaceObject: false });

/** One webhook of one configuration. */
export interface Hook {
  /** Configuration and name; the same for as long as both stand. */
  id: string;
  configuration: string;
  webhook: MutatingWebhook;
}

/** A webhook that a request concerns, with the request as the webhook wants to see it. */
export interface Invocation {
  hook: Hook;
  seen: Seen;
  /** The version in which the webhook sees the object. */
  as: ResourceDefinition;
}

export interface HookServices extends CelServices {
  reader: ResourceReader;
  definitions: Definitions;
}

/** All webhooks of a resource of configurations, by the names of configurations, in their own order. */
export function hooksOf(reader: ResourceReader, resource: string): Hook[] {
  const configurations = reader.list(GROUP, resource);
  if (configurations.length === 0) return [];
  return [...configurations]
    .sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1))
    .flatMap(({ metadata, webhooks = [] }) =>
      (webhooks as MutatingWebhook[]).map((webhook) => ({
        id: `${metadata.uid}/${webhook.name}`,
        configuration: metadata.name!,
        webhook,
      })),
    );
}

/** How a webhook is to be asked about a request; undefined when it is not. @throws StatusError 403 for conditions that fail, 404 */
export async function invocationOf(
  hook: Hook,
  attributes: AdmissionAttributes,
  services: HookServices,
): Promise<Invocation | undefined> {
  const { webhook } = hook;
  if (isExempt(attributes)) return undefined;
  const as = matchedAs(webhook.rules ?? [], webhook.matchPolicy, attributes, services.definitions);
  if (!as) return undefined;
  if (!(await namespaceSelected(webhook.namespaceSelector, attributes, services.reader))) return undefined;
  if (!objectSelected(webhook.objectSelector, attributes)) return undefined;
  const seen = await seenAs(attributes, as);
  if (webhook.matchConditions?.length) {
    const variables = admissionVariables(seen, services);
    const { matches, error } = await conditionsMatch(webhook.matchConditions, environment, variables);
    if (error !== undefined) {
      if (webhook.failurePolicy === 'Ignore') return undefined;
      throw forbidden(attributes.resource, attributes.name, error);
    }
    if (!matches) return undefined;
  }
  return { hook, seen, as };
}

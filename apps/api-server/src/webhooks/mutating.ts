import type { AdmissionAttributes, AdmissionPlugin, WebhookClient } from '@windlass/apiserver';
import {
  type AnyObject,
  applyJsonPatch,
  equalJson,
  internalError,
  type JsonPatchOperation,
  type ResourceDefinition,
} from '@windlass/meta';
import { convertTo } from '../matching/equivalents.ts';
import { Reinvocations } from '../matching/reinvocation.ts';
import { askWebhook } from './ask.ts';
import { type HookServices, hooksOf, type Invocation, invocationOf } from './hooks.ts';

/** Makes what a webhook or policy produced an object of its kind again: decoded, defaulted. */
export type Settle = (definition: ResourceDefinition, object: AnyObject, attributes: AdmissionAttributes) => AnyObject;

/** Asks the mutating webhooks one after the other, in order; whoever was asked before a change may be asked once more. */
export function mutatingWebhooks(services: HookServices, client: WebhookClient, settle: Settle): AdmissionPlugin {
  const reinvocations = new Reinvocations();
  return {
    name: 'MutatingAdmissionWebhook',
    everything: true,
    handles: () => true,
    async admit(attributes) {
      const hooks = hooksOf(services.reader, 'mutatingwebhookconfigurations');
      if (hooks.length === 0) return;
      const reinvocation = reinvocations.of(attributes);
      reinvocation.begin(attributes);
      for (const hook of hooks) {
        if (!reinvocation.due(hook.id, attributes)) continue;
        const invocation = await invocationOf(hook, attributes, services);
        if (!invocation) continue;
        if (await mutate(invocation, client, settle)) reinvocation.changed(attributes);
        if (hook.webhook.reinvocationPolicy === 'IfNeeded') reinvocation.asked(hook.id);
      }
      reinvocation.end(attributes);
    },
  };
}

/** @returns whether the webhook changed the object */
async function mutate(invocation: Invocation, client: WebhookClient, settle: Settle): Promise<boolean> {
  const { hook, seen, as } = invocation;
  const { attributes } = seen;
  const answer = await askWebhook(client, invocation, true);
  if (answer?.patch === undefined || !seen.object || attributes.operation === 'CONNECT') return false;
  let patched: AnyObject;
  try {
    patched = applyJsonPatch(seen.object as never, answer.patch as JsonPatchOperation[]) as unknown as AnyObject;
  } catch (error) {
    throw internalError(`failed calling webhook ${JSON.stringify(hook.webhook.name)}: ${(error as Error).message}`);
  }
  const object = settle(as, patched, attributes);
  const own = (await convertTo(as, attributes.definition, object))!;
  if (equalJson(own, attributes.object)) return false;
  attributes.object = own;
  return true;
}

import type { AdmissionPlugin, WebhookClient } from '@windlass/apiserver';
import { askWebhook } from './ask.ts';
import { type HookServices, hooksOf, type Invocation, invocationOf } from './hooks.ts';

/** Asks all validating webhooks that a request concerns, at once; the first refusal counts. */
export function validatingWebhooks(services: HookServices, client: WebhookClient): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    everything: true,
    handles: () => true,
    async validate(attributes) {
      const hooks = hooksOf(services.reader, 'validatingwebhookconfigurations');
      if (hooks.length === 0) return;
      const invocations: Invocation[] = [];
      for (const hook of hooks) {
        const invocation = await invocationOf(hook, attributes, services);
        if (invocation) invocations.push(invocation);
      }
      const results = await Promise.allSettled(invocations.map((invocation) => askWebhook(client, invocation, false)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

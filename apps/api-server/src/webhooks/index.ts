import { type AdmissionPlugin, type Authorizer, WebhookClient } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { mutatingWebhooks, type Settle } from './mutating.ts';
import { serviceAddress } from './service-address.ts';
import { validatingWebhooks } from './validating.ts';

export { settleWith } from './settle.ts';

/** Admission by webhooks. Close the client at the end. */
export function admissionWebhooks(
  { reader, definitions }: Foundation,
  authorizer: Authorizer,
  settle: Settle,
): { plugins: AdmissionPlugin[]; client: WebhookClient } {
  const client = new WebhookClient(serviceAddress(reader));
  const services = { reader, definitions, authorizer };
  return { plugins: [mutatingWebhooks(services, client, settle), validatingWebhooks(services, client)], client };
}

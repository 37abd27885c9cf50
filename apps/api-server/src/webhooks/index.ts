import { type AdmissionPlugin, type Authorizer, type Decoders, WebhookClient } from '@windlass/apiserver';
import type { Foundation } from '../start-api-server.ts';
import { mutatingWebhooks } from './mutating.ts';
import { serviceAddress } from './service-address.ts';
import { settleWith } from './settle.ts';
import { validatingWebhooks } from './validating.ts';

/** Admission by webhooks. Close the client at the end. */
export function admissionWebhooks(
  { reader, definitions }: Foundation,
  authorizer: Authorizer,
  decoders: Decoders,
): { plugins: AdmissionPlugin[]; client: WebhookClient } {
  const client = new WebhookClient(serviceAddress(reader));
  const services = { reader, definitions, authorizer };
  const settle = settleWith(decoders, () => new Date());
  return { plugins: [mutatingWebhooks(services, client, settle), validatingWebhooks(services, client)], client };
}

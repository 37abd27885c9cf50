import { randomUUID } from 'node:crypto';
import { WebhookCallError, type WebhookClient, type WebhookTarget } from '@windlass/apiserver';
import { type AnyObject, internalError, type ResourceDefinition } from '@windlass/meta';
import type { CustomResourceDefinition } from '@windlass/resources';

const TIMEOUT_MS = 30_000;
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

interface ConversionReview {
  apiVersion?: string;
  kind?: string;
  response?: { uid?: string; result?: { status?: string; message?: string }; convertedObjects?: AnyObject[] };
}

const kindText = ({ apiVersion, kind }: AnyObject): string => `${apiVersion}, Kind=${kind}`;

/** A webhook may change labels and annotations of metadata; the rest stays as it was. @throws Error for another identity */
function keepMetadata(converted: AnyObject, original: AnyObject): AnyObject {
  const { metadata } = converted as { metadata?: AnyObject['metadata'] };
  if (!metadata) throw new Error('missing metadata in converted object');
  for (const [field, text] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const)
    if ((metadata[field] ?? '') !== (original.metadata[field] ?? ''))
      throw new Error(`must have the same ${text}: ${original.metadata[field] ?? ''} != ${metadata[field] ?? ''}`);
  const { labels: _, annotations: __, ...kept } = original.metadata;
  const { labels, annotations } = metadata;
  return {
    ...converted,
    metadata: { ...kept, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
  } as AnyObject;
}

/** Checks what a webhook has made of one object. @throws Error */
function checked(converted: AnyObject | undefined, original: AnyObject, apiVersion: string): AnyObject {
  if (converted?.apiVersion !== apiVersion)
    throw new Error(`invalid groupVersion (expected ${apiVersion}, received ${converted?.apiVersion ?? ''})`);
  if (converted.kind !== original.kind)
    throw new Error(`invalid kind (expected ${original.kind}, received ${converted.kind ?? ''})`);
  return keepMetadata(converted, original);
}

function readResponse({ apiVersion, kind, response }: ConversionReview, version: string, uid: string): AnyObject[] {
  const expected = `apiextensions.k8s.io/${version}, Kind=ConversionReview`;
  if (apiVersion !== `apiextensions.k8s.io/${version}` || kind !== 'ConversionReview')
    throw new Error(`expected webhook response of ${expected}, got ${apiVersion ?? ''}, Kind=${kind ?? ''}`);
  if (!response) throw new Error('no response provided');
  if (version === 'v1' && response.uid !== uid)
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
  const { status, message } = response.result ?? {};
  if (status !== 'Success') throw new Error(message || `response.result.status was '${status ?? ''}', not 'Success'`);
  return response.convertedObjects ?? [];
}

/**
 * Converts objects of a definition by its webhook (apiextensions' webhook_converter): those that have the wanted version already are
 * left, the others go in one ConversionReview. @throws StatusError 500 with the webhook's reason
 */
export function webhookConverter(
  client: WebhookClient,
  crd: CustomResourceDefinition,
): NonNullable<NonNullable<ResourceDefinition['storedAs']>['convert']> {
  const { group, conversion } = crd.spec;
  const { clientConfig, conversionReviewVersions = [] } = conversion!.webhook!;
  return async (objects, version) => {
    const apiVersion = `${group}/${version}`;
    const waiting = objects.filter((object) => object.apiVersion !== apiVersion);
    if (waiting.length === 0) return [...objects];
    const failed = (detail: string) => internalError(`conversion webhook for ${kindText(waiting[0]!)} ${detail}`);
    const review = conversionReviewVersions.find((each) => REVIEW_VERSIONS.includes(each));
    if (!review) throw failed('failed: no supported conversion review versions');
    const uid = randomUUID();
    const request = { uid, desiredAPIVersion: apiVersion, objects: waiting };
    const body = { apiVersion: `apiextensions.k8s.io/${review}`, kind: 'ConversionReview', request };
    let answered: AnyObject[];
    try {
      answered = readResponse(
        (await client.call(clientConfig as WebhookTarget, body, TIMEOUT_MS)) as ConversionReview,
        review,
        uid,
      );
    } catch (error) {
      if (error instanceof WebhookCallError || error instanceof Error) throw failed(`failed: ${error.message}`);
      throw error;
    }
    if (answered.length !== waiting.length) throw failed(`returned ${answered.length} objects, expected ${waiting.length}`);
    const converted = new Map<AnyObject, AnyObject>();
    waiting.forEach((object, i) => {
      try {
        converted.set(object, checked(answered[i], object, apiVersion));
      } catch (error) {
        throw failed(`returned invalid converted object at index ${i}: ${(error as Error).message}`);
      }
    });
    return objects.map((object) => converted.get(object) ?? object);
  };
}

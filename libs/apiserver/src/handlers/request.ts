import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import type { Written } from '../registry/written.ts';
import type { RequestContext } from '../seams.ts';
import type { ServerParts } from '../server-parts.ts';
import type { Answer } from './answer.ts';

/** A request for a resource, past authentication and authorization. */
export interface ResourceRequest {
  parts: ServerParts;
  definition: ResourceDefinition;
  context: RequestContext;
  /** The whole body as text; protobuf as the JSON that it stands for. */
  body: () => Promise<string>;
}

/** An object that is no stored one, or is sent as it is not stored. */
export const success = (definition: ResourceDefinition, object: AnyObject, status = 200): Answer => ({
  status,
  kind: 'object',
  definition,
  object,
});

/** A stored object after a write. */
export const answerWritten = (definition: ResourceDefinition, { object, json }: Written, status = 200): Answer => ({
  status,
  kind: 'object',
  definition,
  object,
  json,
});

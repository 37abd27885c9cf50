import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import { withRevision } from '@windlass/store';

/** What a write has left. */
export interface Written {
  object: AnyObject;
  /** JSON of the object with its resourceVersion, as a GET shows it now; absent when nothing was stored, or another form of it. */
  json?: string;
}

/** Gives the object the revision under which `data`, its encoded form, was stored. */
export function written(definition: ResourceDefinition, object: AnyObject, data: string, revision: number): Written {
  object.metadata.resourceVersion = String(revision);
  return definition.storedAs ? { object } : { object, json: withRevision(data, revision).text };
}

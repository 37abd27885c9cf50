import type { AnyObject, ResourceDefinition, SchemaSource } from '@windlass/meta';

/** Where managedFields come from: libs/meta's server-side apply, by schema. */
export const fieldManagement = {
  create(_definition: ResourceDefinition, _schemas: SchemaSource, object: AnyObject, _manager: string, _now: Date): void {
    delete object.metadata.managedFields;
  },
  update(
    _definition: ResourceDefinition,
    _schemas: SchemaSource,
    object: AnyObject,
    old: AnyObject,
    _manager: string,
    _subresource: string,
    _now: Date,
  ): AnyObject {
    if (old.metadata.managedFields) object.metadata.managedFields = old.metadata.managedFields;
    else delete object.metadata.managedFields;
    return object;
  },
};

export * from './apply.ts';
export { emptyObject } from './empty-object.ts';
export { decodeEntries } from './entries.ts';
export { FieldSet, fieldSetOf, fieldsV1Of, parseFieldsV1, pathText } from './field-set.ts';
export { customManagedType, type ManagedType, managedType } from './managed-type.ts';
export { MergeError, mergeConfiguration } from './merge-configuration.ts';
export { parentEntries, scaleEntries } from './scale.ts';
export { type FieldManagerRequest, updateManagedFields } from './update.ts';

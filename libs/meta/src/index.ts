/**
 * meta: the pure vocabulary of the Kubernetes API: object metadata, GVK/GVR, StatusError and field errors, selectors, quantities,
 * times, patches, structural schemas, managedFields, wire codecs, and defineResource.
 * It never does I/O, reads no clock, and knows no kind. Start reading at object.ts and resource.ts.
 */
export * from './cel/index.ts';
export * from './conditions.ts';
export * from './cron/index.ts';
export * from './decode/index.ts';
export * from './duration.ts';
export * from './field-error.ts';
export * from './field-errors.ts';
export * from './field-selector.ts';
export * from './go-format.ts';
export * from './ip.ts';
export * from './json-path.ts';
export * from './json-value.ts';
export * from './label-selector.ts';
export * from './managed-fields/index.ts';
export * from './name-rules.ts';
export * from './names.ts';
export * from './object.ts';
export * from './object-meta-validation.ts';
export * from './owners.ts';
export * from './patch/index.ts';
export * from './path.ts';
export * from './protobuf/index.ts';
export * from './quantity.ts';
export * from './random-name.ts';
export * from './resource.ts';
export * from './schema.ts';
export * from './selector-match.ts';
export * from './status.ts';
export * from './status-errors.ts';
export * from './structural/index.ts';
export * from './time.ts';

/**
 * resources: one file per kind: names, scope, schema, defaults, validation, columns, selectable fields, subresources; all.ts lists what
 * is served. types.gen.ts holds the TypeScript types of every schema. Pure data and pure functions: no I/O, no clock.
 */

export { PolicyCompiler } from './admissionregistration/policy-expressions.ts';
export { allDefinitions } from './all.ts';
export { customDefinitions } from './apiextensions/custom-definition.ts';
export { CLEANUP_FINALIZER } from './apiextensions/custom-resource-definitions.ts';
export { scale } from './autoscaling/scale.ts';
export { bootstrapData } from './bootstrap.ts';
export * from './cel/admission-environment.ts';
export * from './core/bootstrap-token.ts';
export * from './core/service/index.ts';
export { storageClassOf } from './core/volume/texts.ts';
export { BETA_CLASS } from './core/volume/warnings.ts';
export { domainPrefixedPath } from './fields/domain-path.ts';
export * from './generic/default-class.ts';
export { builtin } from './generic/definition.ts';
export { schemaDocs } from './generic/docs.ts';
export * from './podspec/amounts.ts';
export * from './podspec/node-match.ts';
export { podAmounts } from './podspec/pod-amounts.ts';
export { defaultPod } from './podspec/pod-defaults.ts';
export { validatePod } from './podspec/pod-rules.ts';
export * from './podspec/tolerates.ts';
export { allContainers } from './podspec/visit.ts';
export * from './policy/disruption-allowed.ts';
export { protobufSource, schemaOfKind } from './protobuf.ts';
export * from './quota/index.ts';
export * from './rbac/covers.ts';
export * from './rbac/rule-match.ts';
export { schemaNames, schemaSource } from './schemas.ts';
export type * from './types.gen.ts';
export * from './volumes/annotations.ts';
export * from './volumes/match.ts';
export * from './volumes/pod-claims.ts';

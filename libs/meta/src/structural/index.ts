export { oldItemsOf, oldMember, propertySchema, unchanged } from './correlate.ts';
export { applyDefaults } from './defaults.ts';
export { type CoerceContext, coerceResources } from './embedded.ts';
export { pruneStructural } from './prune.ts';
export { validateStructural } from './validate.ts';

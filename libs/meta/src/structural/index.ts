export { applyDefaults } from './defaults.ts';
export { pruneStructural } from './prune.ts';
export { validateStructural } from './validate.ts';

export * from './apply-patch.ts';
export * from './json-patch.ts';
export * from './merge-patch.ts';
export { PatchSchema, patchSchema } from './patch-schema.ts';
export { restoreProblem } from './restore.ts';
export { applyStrategicMergePatch } from './strategic-merge.ts';

export * from './apply-patch.ts';
export {
  applyJsonPatch,
  JSON_PATCH_MAX_OPERATIONS,
  JsonPatchError,
  type JsonPatchOperation,
  JsonPatchTestError,
} from './json-patch.ts';
export * from './merge-patch.ts';
export { PatchSchema, patchSchema } from './patch-schema.ts';
export { patchedText } from './patched-text.ts';
export { restoreProblem } from './restore.ts';
export { applyStrategicMergePatch } from './strategic-merge.ts';

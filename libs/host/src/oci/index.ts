export * from './builtin.ts';
export * from './builtin-archives.ts';
export * from './image.ts';
export type { LayerEntry } from './tar.ts';

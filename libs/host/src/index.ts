export * from './oci/index.ts';

export * from './cni.ts';
export * from './names.ts';
export * from './node-namespace.ts';
export * from './overlay.ts';
export * from './overlay-plan.ts';
export * from './service-addresses.ts';
export * from './sysctl.ts';

export type { HostPort } from './services/proxy-model.ts';
export { type Network, type NetworkOptions, startNetwork } from './start-network.ts';

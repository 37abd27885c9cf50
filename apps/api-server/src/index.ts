/** api-server: wires the generic server of libs/apiserver to the kinds, the store and what is specific to kinds. Start at start-api-server.ts. */
export type { ApiServerConfig } from './config.ts';
export { type ApiServer, type Foundation, startApiServer } from './start-api-server.ts';

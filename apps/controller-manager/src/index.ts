/**
 * controller-manager: every controller of the cluster in one process under one lease. Each controller has its own folder: pure makers
 * and plans beside one reconciler. It speaks only to the API server. Start reading at controllers.ts.
 */
export { type ControllerManagerConfig, startControllerManager } from './start.ts';

export * from './process-id.ts';
export { type ProcessSpec, type ProcessState, Supervisor } from './supervisor.ts';

/**
 * controller: the frame of level-triggered reconcilers: a deduplicating work queue with per-key back-off, connections from informers to
 * it, expectations, and a manager with leader election. It knows no kind and writes nothing but the lease. Start reading at controller.ts.
 */
export * from './controller.ts';
export * from './expectations.ts';
export * from './manager.ts';
export * from './work-queue.ts';

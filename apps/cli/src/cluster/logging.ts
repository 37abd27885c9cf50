import type { NodeDaemonConfig } from '@windlass/node-daemon';

/** The cluster's log shipping, as every node daemon gets it. */
export type LoggingConfig = NonNullable<NodeDaemonConfig['logging']>;

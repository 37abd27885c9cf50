export interface SchedulerConfig {
  kubeconfig: string;
  /** `redis://…` or `redis+unix:///path` of the queue; PostgreSQL stays the truth. */
  redisUrl: string;
  /** Default `windlass-scheduler`. */
  queueName?: string;
  /** Pods with this spec.schedulerName are ours. Default `default-scheduler`. */
  schedulerName?: string;
  /** Lease holder; stable over restarts, so that a restarted scheduler goes on at once. Default: the host name. */
  identity?: string;
}

export interface PostgresSettings {
  /** Loopback TCP port. Absent: unix socket only. */
  port?: number;
  socketDir?: string;
  /** false: no fsync, for tests that throw the data away. Default true. */
  durable?: boolean;
  /** Further or other settings, as in postgresql.conf. */
  settings?: Record<string, string>;
}

/** The server's settings: one small machine, few connections, every commit on disk before it is acknowledged. */
export function serverSettings(options: PostgresSettings): Record<string, string> {
  return {
    listen_addresses: options.port ? '127.0.0.1' : '',
    port: String(options.port ?? 5432),
    unix_socket_directories: options.socketDir ?? '',
    unix_socket_permissions: '0700',
    max_connections: '60',
    shared_buffers: '64MB',
    synchronous_commit: 'on',
    fsync: options.durable === false ? 'off' : 'on',
    full_page_writes: options.durable === false ? 'off' : 'on',
    // No standby ever reads this log.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '512MB',
    checkpoint_timeout: '10min',
    // The log and the counter row are rewritten all the time; small thresholds keep them small.
    autovacuum_naptime: '15s',
    autovacuum_max_workers: '2',
    autovacuum_worker_slots: '2',
    // Fewer helper processes: each costs memory and none helps short statements.
    io_method: 'sync',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_logical_replication_workers: '0',
    jit: 'off',
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...options.settings,
  };
}

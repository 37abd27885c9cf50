/** One container log line on its way to a sink. */
export interface LogRecord {
  /** RFC 3339 with nanoseconds, as containerd wrote it. */
  time: string;
  stream: 'stdout' | 'stderr';
  /** The line without its newline. */
  message: string;
  /** true: the line goes on in the next record of the same container and stream. */
  partial: boolean;
  namespace: string;
  pod: string;
  podUid: string;
  container: string;
  containerId: string;
  image: string;
  node: string;
  labels: Readonly<Record<string, string>>;
}

/**
 * Where log lines go. `send` resolves when the far end has taken every record (acknowledged, or in its kernel queue where the protocol
 * knows no acknowledgement) and rejects when that is not known: the caller sends the same records again later.
 */
export interface LogSink {
  send(records: readonly LogRecord[], signal: AbortSignal): Promise<void>;
  close(): void;
}

import type { LogRecord } from './sink.ts';

/** Journal field names: upper case letters, digits, underscore; not starting with one; at most 64 bytes (systemd.journal-fields(7)). */
export const journalField = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .replace(/^_+/, '')
    .slice(0, 64);

/** Joins fields in the native protocol: `NAME=value\n`, or name, newline, 64-bit little endian length, value, newline when it holds a newline. */
export function journalDatagram(fields: Iterable<readonly [string, string]>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    if (!value.includes('\n')) {
      parts.push(Buffer.from(`${name}=${value}\n`));
      continue;
    }
    const data = Buffer.from(value);
    const head = Buffer.alloc(name.length + 9);
    head.write(`${name}\n`, 'latin1');
    head.writeBigUInt64LE(BigInt(data.length), name.length + 1);
    parts.push(head, data, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** The fields of one line: those of Docker's journald driver, and Kubernetes' coordinates. */
export function* journalFields(record: LogRecord): Iterable<readonly [string, string]> {
  yield ['MESSAGE', record.message];
  yield ['PRIORITY', record.stream === 'stderr' ? '3' : '6'];
  yield ['SYSLOG_IDENTIFIER', record.container];
  yield ['SYSLOG_TIMESTAMP', record.time];
  yield ['CONTAINER_NAME', `${record.pod}_${record.container}`];
  yield ['CONTAINER_ID', record.containerId.slice(0, 12)];
  yield ['CONTAINER_ID_FULL', record.containerId];
  yield ['IMAGE_NAME', record.image];
  if (record.partial) yield ['CONTAINER_PARTIAL_MESSAGE', 'true'];
  yield ['KUBERNETES_NAMESPACE_NAME', record.namespace];
  yield ['KUBERNETES_POD_NAME', record.pod];
  yield ['KUBERNETES_POD_UID', record.podUid];
  yield ['KUBERNETES_CONTAINER_NAME', record.container];
  yield ['KUBERNETES_NODE_NAME', record.node];
  yield ['KUBERNETES_STREAM', record.stream];
  for (const [key, value] of Object.entries(record.labels)) yield [journalField(`KUBERNETES_LABEL_${key}`), value];
}

import { pack } from 'tar-stream';

/** One entry of an image layer. Paths are relative to the root, without a leading slash. Modes are octal permission bits. */
export type LayerEntry =
  | { type: 'directory'; path: string; mode?: number }
  | { type: 'file'; path: string; mode?: number; content: Buffer | string }
  | { type: 'symlink'; path: string; target: string };

/** An uncompressed tar of the entries, owned by root, with every time at the epoch: equal input gives equal bytes. */
export async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const stream = pack();
  const common = { uid: 0, gid: 0, mtime: new Date(0) };
  for (const entry of entries) {
    if (entry.type === 'file') stream.entry({ ...common, name: entry.path, mode: entry.mode ?? 0o644 }, entry.content as string);
    else if (entry.type === 'directory')
      stream.entry({ ...common, name: entry.path, type: 'directory', mode: entry.mode ?? 0o755 });
    else stream.entry({ ...common, name: entry.path, type: 'symlink', linkname: entry.target, mode: 0o777 });
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

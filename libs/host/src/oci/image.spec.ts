import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { writeImage } from './image.ts';

async function filesOf(tar: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

describe('writeImage', () => {
  const source = {
    reference: 'example.test/team/app:1.2',
    config: { Entrypoint: ['/app'] },
    layers: [
      [{ type: 'file', path: 'app', mode: 0o755, content: 'hello' } as const],
      [{ type: 'symlink', path: 'b', target: 'app' } as const],
    ],
    architecture: 'amd64',
  };

  it('writes a layout whose digests and diff ids hold', async () => {
    const { tar, digest } = await writeImage(source);
    const files = await filesOf(tar);
    const blob = (d: string) => files.get(`blobs/sha256/${d.slice(7)}`)!;
    const index = JSON.parse(files.get('index.json')!.toString());
    expect(index.manifests[0].digest).toBe(digest);
    expect(index.manifests[0].annotations['io.containerd.image.name']).toBe('example.test/team/app:1.2');
    const manifest = JSON.parse(blob(digest).toString());
    const config = JSON.parse(blob(manifest.config.digest).toString());
    const { createHash } = await import('node:crypto');
    for (const [at, layer] of manifest.layers.entries()) {
      const raw = blob(layer.digest);
      expect(raw.length).toBe(layer.size);
      expect(`sha256:${createHash('sha256').update(raw).digest('hex')}`).toBe(layer.digest);
      expect(`sha256:${createHash('sha256').update(gunzipSync(raw)).digest('hex')}`).toBe(config.rootfs.diff_ids[at]);
    }
    const layer = await filesOf(gunzipSync(blob(manifest.layers[0].digest)));
    expect(layer.get('app')?.toString()).toBe('hello');
  });

  it('gives the same digest for the same source and another for another', async () => {
    const a = await writeImage(source);
    expect((await writeImage(source)).digest).toBe(a.digest);
    expect((await writeImage({ ...source, config: { Entrypoint: ['/other'] } })).digest).not.toBe(a.digest);
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type ImageSource, run, writeImage } from '@windlass/host';

/** A registry (distribution-spec, pulls only) that can be made to serve other bytes than it promises. */
export interface TestRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** While true, one byte of every layer is another one. */
  corrupt: boolean;
  stop(): Promise<void>;
}

/** Serves one image as `<host>/<name>:1`. @param directory for its blobs */
export async function startTestRegistry(
  directory: string,
  name: string,
  source: Omit<ImageSource, 'reference'>,
): Promise<TestRegistry> {
  await mkdir(directory, { recursive: true });
  const { digest, tar } = await writeImage({ ...source, reference: `${name}:1` });
  await writeFile(path.join(directory, 'image.tar'), tar);
  await run('tar', ['-xf', path.join(directory, 'image.tar'), '-C', directory]);
  const blob = (each: string) => readFile(path.join(directory, 'blobs', each.replace(':', '/')));
  const manifest = await blob(digest);
  const { mediaType, layers } = JSON.parse(manifest.toString()) as { mediaType: string; layers: { digest: string }[] };
  const registry = { corrupt: false };
  const server = http.createServer((request, response) => {
    const [, kind, wanted] = /\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const answer = async () => {
      if (kind === undefined) return response.end();
      const which = kind === 'manifests' ? digest : wanted!;
      const bytes = await blob(which);
      if (registry.corrupt && layers.some((layer) => layer.digest === which)) bytes[bytes.length >> 1]! ^= 1;
      const type = kind === 'manifests' ? mediaType : 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': bytes.length, 'docker-content-digest': which });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    };
    answer().catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(registry, {
    host,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

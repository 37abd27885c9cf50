import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type LayerEntry, tarOf } from './tar.ts';

/** The run-time part of an OCI image configuration (image-spec config.md). */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  WorkingDir?: string;
  User?: string;
  ExposedPorts?: Record<string, object>;
  Labels?: Record<string, string>;
  StopSignal?: string;
}

export interface ImageSource {
  /** Full reference with tag, e.g. `windlass.dev/hello:1`. */
  reference: string;
  config: ImageConfig;
  /** Bottom layer first. */
  layers: readonly (readonly LayerEntry[])[];
  architecture?: string;
}

export interface OciArchive {
  /** Digest of the image manifest, `sha256:…`. */
  digest: string;
  /** Tar of an OCI image layout, as `ctr images import` and `docker load` read it. */
  tar: Buffer;
}

const sha256 = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const GO_ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** Go's name of this machine's architecture, as OCI platforms use it. */
export const ociArchitecture = (): string => GO_ARCHITECTURES[process.arch] ?? process.arch;

/**
 * Writes an image as an OCI image layout (image-spec v1.1, image-layout.md) in one tar. Deterministic: the same source gives the same digest.
 */
export async function writeImage(source: ImageSource): Promise<OciArchive> {
  const blobs = new Map<string, Buffer>();
  const add = (mediaType: string, data: Buffer) => {
    const digest = sha256(data);
    blobs.set(digest, data);
    return { mediaType, digest, size: data.length };
  };
  const diffIds: string[] = [];
  const layers = [];
  for (const entries of source.layers) {
    const tar = await tarOf(entries);
    diffIds.push(sha256(tar));
    layers.push(add('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar, { level: 6 })));
  }
  const platform = { architecture: source.architecture ?? ociArchitecture(), os: 'linux' };
  const config = add(
    'application/vnd.oci.image.config.v1+json',
    json({ ...platform, created: '1970-01-01T00:00:00Z', config: source.config, rootfs: { type: 'layers', diff_ids: diffIds } }),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = add(mediaType, json({ schemaVersion: 2, mediaType, config, layers }));
  const tag = source.reference.slice(source.reference.lastIndexOf(':') + 1);
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...manifest,
        platform,
        annotations: { 'io.containerd.image.name': source.reference, 'org.opencontainers.image.ref.name': tag },
      },
    ],
  };
  const tar = await tarOf([
    { type: 'file', path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { type: 'file', path: 'index.json', content: json(index) },
    { type: 'directory', path: 'blobs' },
    { type: 'directory', path: 'blobs/sha256' },
    ...[...blobs].map(([digest, content]): LayerEntry => ({ type: 'file', path: `blobs/sha256/${digest.slice(7)}`, content })),
  ]);
  return { digest: manifest.digest, tar };
}

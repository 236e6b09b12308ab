/** Packs a few files as a container image: one layer, a configuration and a manifest; the same files give the same bytes. Pure. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { ARCHITECTURE } from '../config/fargate.ts';
import type { Bundle } from './builds.ts';
import { PROGRAM, type ProgramFile } from './program.ts';

/** @see https://github.com/opencontainers/image-spec/blob/main/media-types.md */
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** The folder of the program. */
const FOLDER = 'app';
/** The id of the user that owns the folder and runs the program. The official Node images call this user `node`. */
const USER_ID = 1000;
/** A fixed time: if images contained the time of their build, they would all be different. */
const EPOCH = new Date(0);

/** The configuration of the container, like that of the official Node images. */
const CONTAINER_CONFIG = {
  Cmd: ['node', '--enable-source-maps', PROGRAM],
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NODE_ENV=production'],
  User: `${USER_ID}:${USER_ID}`,
  // ECS gives a volume the permissions of the folder only if the image declares it as a volume. Otherwise only root can write to it.
  Volumes: { '/tmp': {} },
  WorkingDir: `/${FOLDER}`,
};

/**
 * Packs a program as an image without a base image: the sandbox supplies Node. The layer is compressed in JavaScript, since the
 * output of zlib differs between versions of Node and between processors.
 * @param isCompressed whether the layer is compressed, which takes most of the time; true by default
 * @see https://github.com/opencontainers/image-spec/blob/main/spec.md
 */
export async function packImage(files: readonly ProgramFile[], isCompressed = true): Promise<Bundle> {
  const archive = await layerOf(files);
  const layer = isCompressed ? gzipSync(archive, { level: 3, mtime: 0 }) : archive;
  const layerType = isCompressed ? `${LAYER}+gzip` : LAYER;
  const config = canonicalJson({
    architecture: ARCHITECTURE,
    config: CONTAINER_CONFIG,
    created: EPOCH.toISOString(),
    history: [{ created: EPOCH.toISOString(), created_by: 'slipway bundle' }],
    os: 'linux',
    rootfs: { diff_ids: [digestOf(archive)], type: 'layers' },
  });
  const manifest = canonicalJson({
    config: { digest: digestOf(config), mediaType: CONFIG, size: config.length },
    layers: [{ digest: digestOf(layer), mediaType: layerType, size: layer.length }],
    mediaType: MANIFEST,
    schemaVersion: 2,
  });
  const digest = digestOf(manifest);
  return {
    kind: 'bundle',
    tag: `bundle-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`,
    digest,
    manifest: new TextDecoder().decode(manifest),
    mediaType: MANIFEST,
    program: files,
    blobs: [config, layer].map((bytes) => ({ digest: digestOf(bytes), bytes })),
  };
}

async function layerOf(files: readonly ProgramFile[]): Promise<Uint8Array> {
  const owned = { mtime: EPOCH, uid: USER_ID, gid: USER_ID };
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return packTar([
    { header: { ...owned, name: `${FOLDER}/`, type: 'directory', mode: 0o755, size: 0 } },
    { header: { mtime: EPOCH, uid: 0, gid: 0, name: 'tmp/', type: 'directory', mode: 0o1777, size: 0 } },
    ...sorted.map(({ name, bytes }) => ({
      header: { ...owned, name: `${FOLDER}/${name}`, type: 'file' as const, mode: 0o644, size: bytes.length },
      body: bytes,
    })),
  ]);
}

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Encodes an object as canonical JSON: without white space. The literals above already have sorted keys. */
const canonicalJson = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Packs a few files as a container image: one layer, a configuration and a manifest; the same files give the same bytes. Pure. */
import { gzipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { architectureNames, type Architecture } from '../config/fargate.ts';
import type { Bundle } from './builds.ts';
import { canonicalJson } from './canonical-json.ts';
import {
  ARCHIVE_TYPE,
  CONFIG_TYPE,
  digestOf,
  EPOCH,
  imageVolumes,
  MANIFEST_TYPE,
  NODE_USER_ID,
  OCI_LAYER_TYPE,
} from './image-format.ts';
import { PROGRAM, type ProgramFile } from './program.ts';

/** The folder of the program. */
const FOLDER = 'app';

/** The configuration of the container, like that of the official Node images. */
const CONTAINER_CONFIG = {
  Cmd: ['node', '--enable-source-maps', PROGRAM],
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NODE_ENV=production'],
  User: `${NODE_USER_ID}:${NODE_USER_ID}`,
  WorkingDir: `/${FOLDER}`,
};

export interface BundleOptions {
  /** Whether the layer is compressed, which takes most of the time; true by default. */
  readonly isCompressed?: boolean;
  /** The architecture that the image names. A bundle contains no machine code. */
  readonly architecture?: Architecture | undefined;
  /** The folders that the program can write to although its root is read-only, absolute. */
  readonly writable?: readonly string[] | undefined;
}

/**
 * Packs a program as an image without a base image: the sandbox supplies Node. The layer is compressed in JavaScript, since the
 * output of zlib differs between versions of Node and between processors.
 * @see https://github.com/opencontainers/image-spec/blob/main/spec.md
 */
export async function packImage(
  files: readonly ProgramFile[],
  { isCompressed = true, architecture, writable = [] }: BundleOptions = {},
): Promise<Bundle> {
  const archive = await layerOf(files, writable);
  const layer = isCompressed ? gzipSync(archive, { level: 3, mtime: 0 }) : archive;
  const layerType = isCompressed ? OCI_LAYER_TYPE : ARCHIVE_TYPE;
  const config = canonicalJson({
    architecture: architectureNames(architecture).image,
    config: { ...CONTAINER_CONFIG, Volumes: imageVolumes(writable) },
    created: EPOCH.toISOString(),
    history: [{ created: EPOCH.toISOString(), created_by: 'slipway bundle' }],
    os: 'linux',
    rootfs: { diff_ids: [digestOf(archive)], type: 'layers' },
  });
  const manifest = canonicalJson({
    config: { digest: digestOf(config), mediaType: CONFIG_TYPE, size: config.length },
    layers: [{ digest: digestOf(layer), mediaType: layerType, size: layer.length }],
    mediaType: MANIFEST_TYPE,
    schemaVersion: 2,
  });
  const digest = digestOf(manifest);
  return {
    kind: 'bundle',
    tag: `bundle-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`,
    digest,
    manifest: new TextDecoder().decode(manifest),
    mediaType: MANIFEST_TYPE,
    program: files,
    blobs: [config, layer].map((bytes) => ({ digest: digestOf(bytes), bytes })),
  };
}

async function layerOf(files: readonly ProgramFile[], writable: readonly string[]): Promise<Uint8Array> {
  const owned = { mtime: EPOCH, uid: NODE_USER_ID, gid: NODE_USER_ID };
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return packTar([
    { header: { ...owned, name: `${FOLDER}/`, type: 'directory', mode: 0o755, size: 0 } },
    { header: { mtime: EPOCH, uid: 0, gid: 0, name: 'tmp/', type: 'directory', mode: 0o1777, size: 0 } },
    ...writable.map((folder) => ({
      header: { ...owned, name: `${folder.slice(1)}/`, type: 'directory' as const, mode: 0o755, size: 0 },
    })),
    ...sorted.map(({ name, bytes }) => ({
      header: { ...owned, name: `${FOLDER}/${name}`, type: 'file' as const, mode: 0o644, size: bytes.length },
      body: bytes,
    })),
  ]);
}

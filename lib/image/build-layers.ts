/** Builds an image without a container engine: packs the files of a program as layers on top of a base image. */
import { createHash } from 'node:crypto';
import { architectureNames, type Architecture } from '../config/fargate.ts';
import { waitForAll } from '../engine/concurrent.ts';
import type { EntryList, PackagedFiles } from '../program/entries.ts';
import type { BaseImages } from './base-image.ts';
import type { BlobCache } from './blob-cache.ts';
import type { BlobIdentity } from './blob-identity.ts';
import type { LayeredImage, LazyBlob } from './builds.ts';
import { NODE_USER_ID } from './image-format.ts';
import { ensureLayer, packLayer } from './layer.ts';
import { imageDocuments, type ImageStart } from './layered-image.ts';

/** A program, ready to be packed. */
export interface PackableProgram {
  readonly files: PackagedFiles;
  readonly start: ImageStart;
  /** The folders that the program can write to although its root is read-only, absolute. */
  readonly writable?: readonly string[] | undefined;
}

/** The base image, and the source that downloads its layers. */
export interface ImageBase {
  readonly images: BaseImages;
  /** The names of the base image in several registries, the preferred one first. */
  readonly references: readonly string[];
}

export interface LayersOptions {
  /** The processors of the tasks; x86_64 by default. */
  readonly architecture?: Architecture | undefined;
  /** Ends the packing. */
  readonly signal?: AbortSignal;
}

/** The folder that base images have, and that every user may write to. */
const TEMPORARY_FILES: EntryList = {
  entries: [{ type: 'folder', path: 'tmp', mode: 0o1777 }],
  key: createHash('sha256').update('tmp').digest('hex'),
  size: 0,
};

/**
 * Lists the folders that a program can write to. A volume gets their owner. The folders above them are left out: those of the base
 * image keep their owners.
 */
function writableFolders(folders: readonly string[], user: string): EntryList {
  const [, id] = /^(\d+)(:|$)/.exec(/^root(:|$)/.test(user) ? '0' : user) ?? [];
  const uid = id === undefined ? NODE_USER_ID : Number(id);
  const gid = Number(/:(\d+)$/.exec(user)?.[1] ?? uid);
  const entries = [...folders].sort().map((folder) => ({
    ...{ type: 'folder' as const, path: folder.slice(1), mode: 0o755 },
    owner: { uid, gid },
  }));
  return { entries, key: createHash('sha256').update(JSON.stringify(entries)).digest('hex'), size: 0 };
}

/**
 * Builds the image. The same files, start and base image give the same digest, on every machine. The layers of the program are
 * packed into the cache; those of the base image are only downloaded when a registry lacks them.
 * @param base undefined for an image without a base image, which only the sandbox can run. Its layers are not compressed: they
 *   stay on this machine
 * @throws BASE_IMAGE; DISK_FULL; PACKAGE if a file changes while it is read
 */
export async function buildLayers(
  { files, start, writable = [] }: PackableProgram,
  base: ImageBase | undefined,
  cache: BlobCache,
  { architecture, signal }: LayersOptions = {},
): Promise<LayeredImage> {
  const finding = base?.images.find(base.references);
  const packing = waitForAll(
    [
      ...(base ? [] : [{ list: TEMPORARY_FILES, content: 'the folder of temporary files' }]),
      { list: files.dependencies, content: 'dependencies' },
      { list: files.program, content: 'program' },
      { list: writableFolders(writable, start.user), content: 'writable folders' },
    ]
      .filter(({ list }) => list.entries.length > 0)
      .map(async ({ list, content }) => ({
        list,
        content,
        ...(await packLayer(list, cache, { isCompressed: base !== undefined, signal })),
      })),
  );
  // Waits for both even if one fails, so that nothing continues after this promise has settled.
  await waitForAll<unknown>([finding, packing]);
  const [image, layers] = [await finding, await packing];
  const { digest, manifest, mediaType, config } = imageDocuments({
    start,
    base: image,
    layers,
    architecture: architectureNames(architecture).image,
    writable,
  });
  const baseBlobs = (image?.layers ?? []).map((layer) =>
    lazyBlob(cache, layer, async () => image && base?.images.download(image, layer)),
  );
  const ownBlobs = layers.map(({ list, ...layer }) =>
    lazyBlob(cache, layer, () => ensureLayer(list, layer, cache)),
  );
  return {
    kind: 'layers',
    tag: `layers-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`,
    digest,
    manifest,
    mediaType,
    blobs: [{ digest: config.digest, bytes: config.bytes }, ...baseBlobs, ...ownBlobs],
  };
}

const lazyBlob = (
  cache: BlobCache,
  { digest, size }: BlobIdentity,
  prepare: () => Promise<void>,
): LazyBlob => ({ digest, size, prepare, read: () => cache.read(digest) });

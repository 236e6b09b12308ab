/** Reads images in the format of `docker save`, which all container engines write, and makes OCI images of them. */
import { posix } from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { createTarDecoder } from 'modern-tar';
import type { BlobCache } from './blob-cache.ts';
import type { BlobIdentity } from './blob-identity.ts';
import type { LayeredImage, LazyBlob } from './builds.ts';
import { canonicalJson } from './canonical-json.ts';
import { ARCHIVE_TYPE, CONFIG_TYPE, digestOf, MANIFEST_TYPE, OCI_LAYER_TYPE } from './image-format.ts';

/** The largest `manifest.json` that is read, bytes. */
const MAX_MANIFEST_BYTES = 4 * 1_048_576;
const GZIP_MAGIC = [0x1f, 0x8b];
/** Links in an archive may form a circle. */
const MAX_LINKS = 10;

/** The files of an archive: each is in the cache, or is a link to another file. */
type Files = ReadonlyMap<string, BlobIdentity | { readonly linkTo: string }>;

/**
 * Copies the blobs of the only image of an archive into the cache.
 * @param archive a tar archive with a `manifest.json`
 * @throws an error for an archive that cannot be read; DISK_FULL, CACHE_FOLDER
 * @see https://github.com/moby/docker-image-spec/blob/main/v1.2.md
 */
export async function readArchive(
  archive: AsyncIterable<Uint8Array>,
  cache: BlobCache,
): Promise<Omit<LayeredImage, 'kind' | 'tag'>> {
  const files = new Map<string, BlobIdentity | { readonly linkTo: string }>();
  const entries = ReadableStream.from(archive).pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of entries) {
    const name = posix.normalize(header.name);
    if (header.type === 'file') files.set(name, await cache.store(body));
    else if (header.type === 'symlink' || header.type === 'link')
      files.set(name, { linkTo: targetOf(name, header.type, header.linkname ?? '') });
    // The decoder waits until a body has been read or cancelled.
    await body.cancel();
  }
  const manifest = blobAt(files, 'manifest.json');
  if (manifest.size > MAX_MANIFEST_BYTES) throw new Error('its manifest.json is too large');
  const { config, layers } = parseManifest(new TextDecoder().decode(await cache.readAll(manifest.digest)));
  const layerBlobs = layers.map((name) => blobAt(files, name));
  return ociImage(blobAt(files, config), layerBlobs, cache);
}

/** Makes the OCI image: the configuration stays as it is, and its digests are those of the unpacked layers. */
async function ociImage(
  config: BlobIdentity,
  layers: readonly BlobIdentity[],
  cache: BlobCache,
): Promise<Omit<LayeredImage, 'kind' | 'tag'>> {
  const described = await Promise.all(
    layers.map(async (layer) => ({ mediaType: await layerTypeOf(layer, cache), ...layer })),
  );
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, ...config },
    layers: described,
  });
  const unique = new Map([config, ...layers].map((blob) => [blob.digest, blob]));
  return {
    digest: digestOf(manifest),
    manifest: new TextDecoder().decode(manifest),
    mediaType: MANIFEST_TYPE,
    blobs: [...unique.values()].map((blob) => lazyBlob(blob, cache)),
  };
}

const lazyBlob = ({ digest, size }: BlobIdentity, cache: BlobCache): LazyBlob => ({
  digest,
  size,
  prepare: () => Promise.resolve(),
  read: () => cache.read(digest),
});

async function layerTypeOf({ digest }: BlobIdentity, cache: BlobCache): Promise<string> {
  for await (const chunk of cache.read(digest))
    return GZIP_MAGIC.every((byte, index) => chunk[index] === byte) ? OCI_LAYER_TYPE : ARCHIVE_TYPE;
  return ARCHIVE_TYPE;
}

const targetOf = (name: string, type: 'symlink' | 'link', target: string): string =>
  posix.normalize(type === 'link' ? target : posix.join(posix.dirname(name), target));

function blobAt(files: Files, name: string): BlobIdentity {
  let path = posix.normalize(name);
  for (let count = 0; count <= MAX_LINKS; count += 1) {
    const found = files.get(path);
    if (found === undefined) break;
    if (!('linkTo' in found)) return found;
    path = found.linkTo;
  }
  throw new Error(`it has no file ${name}`);
}

function parseManifest(text: string): { readonly config: string; readonly layers: readonly string[] } {
  const images: unknown = JSON.parse(text);
  const [image, ...others] = (Array.isArray(images) ? images : []) as Readonly<Record<string, unknown>>[];
  const { Config: config, Layers: layers } = image ?? {};
  if (others.length > 0) throw new Error('it contains several images');
  if (typeof config !== 'string' || !isStrings(layers))
    throw new Error('its manifest.json has an unknown format');
  return { config, layers };
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

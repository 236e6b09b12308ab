/** The base images of a run: finds their manifests in registries, and downloads their layers into the cache when they are needed. */
import { messageOf } from '../aws/errors.ts';
import type { Clock } from '../model/clock.ts';
import {
  baseLayersOf,
  parseBaseConfig,
  parseBaseManifest,
  UnusableBase,
  type BaseConfig,
  type BaseManifest,
} from './base-manifest.ts';
import { DigestMismatch, type BlobCache } from './blob-cache.ts';
import { isDigestName, type BlobIdentity } from './blob-identity.ts';
import { digestOf } from './image-format.ts';
import { baseLayerUnavailable, baseUnavailable, type BaseRefusal } from './image-problems.ts';
import type { LayerDescription } from './layer.ts';
import { MANIFEST_TYPES, parseImageReference, type ImageReference } from './reference.ts';
import { readerWithRetries, refusalOf } from './registry-retries.ts';

/** How long the digest of a tag is used before the registry is asked again, milliseconds: 7 days. */
const TAG_LIFETIME_MS = 7 * 24 * 3600 * 1000;

/** A base image for the platform of the tasks. */
export interface BaseImage {
  /** The reference under which it was found, e.g. `public.ecr.aws/docker/library/node:22-slim`. */
  readonly reference: string;
  /** The digest of its manifest. */
  readonly digest: string;
  readonly config: BaseConfig;
  readonly layers: readonly LayerDescription[];
}

export interface BaseImageOptions {
  readonly cache: BlobCache;
  /** The CPU architecture of the tasks: `amd64` or `arm64`. */
  readonly architecture: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Finds base images, and downloads their layers; each layer once. */
export class BaseImages {
  readonly #options: BaseImageOptions;
  readonly #downloads = new Map<string, Promise<void>>();

  constructor(options: BaseImageOptions) {
    this.#options = options;
  }

  /**
   * Finds an image. The digest of a tag is kept in the cache for a week, so that builds in that time have the same base. If no
   * registry answers after that, the old digest remains in use.
   * @param references names of the same image in several registries, the preferred one first
   * @throws BASE_IMAGE with the answer of each registry; DISK_FULL, CACHE_FOLDER
   */
  async find(references: readonly string[]): Promise<BaseImage> {
    const { cache, clock, architecture, signal } = this.#options;
    const name = `base ${architecture} ${references.join(' ')}`;
    const remembered = parseKnown(await cache.readRecord(name));
    const known = remembered && references.includes(remembered.reference) ? remembered : undefined;
    if (known && clock.now() - known.time < TAG_LIFETIME_MS) {
      const image = await this.#load(known.reference, known.digest).catch(() => undefined);
      if (image) return image;
    }
    const refusals: BaseRefusal[] = [];
    for (const reference of references) {
      try {
        const image = await this.#load(reference);
        await cache.writeRecord(name, { reference, digest: image.digest, time: clock.now() });
        return image;
      } catch (error) {
        signal.throwIfAborted();
        refusals.push(refusalOf(reference, error));
      }
    }
    const old = known && (await this.#load(known.reference, known.digest).catch(() => undefined));
    if (old) return old;
    throw baseUnavailable('There is no base image to build on.', refusals);
  }

  /** Downloads a layer, unless the cache has it. @throws BASE_IMAGE, DISK_FULL */
  async download({ reference }: Pick<BaseImage, 'reference'>, layer: BlobIdentity): Promise<void> {
    const download = this.#downloads.get(layer.digest) ?? this.#download(reference, layer);
    this.#downloads.set(layer.digest, download);
    // A failed download can be repeated.
    await download.catch((error: unknown) => {
      this.#downloads.delete(layer.digest);
      throw error;
    });
  }

  async #download(reference: string, layer: BlobIdentity): Promise<void> {
    const { cache, signal } = this.#options;
    if (await cache.has(layer)) return;
    try {
      await this.#fetchBlob(reference, layer);
    } catch (error) {
      signal.throwIfAborted();
      throw baseLayerUnavailable(refusalOf(reference, error));
    }
  }

  /** Loads an image from the cache, or else from its registry. @param digest of the manifest; by default, the reference decides */
  async #load(reference: string, digest?: string): Promise<BaseImage> {
    const { architecture } = this.#options;
    const parsed = parseImageReference(reference);
    let found = await this.#manifest(parsed, digest ?? nameOf(parsed));
    let manifest = parseBaseManifest(found.text, architecture);
    if ('digest' in manifest) {
      found = await this.#manifest(parsed, manifest.digest);
      manifest = parseBaseManifest(found.text, architecture);
    }
    if ('digest' in manifest) throw new UnusableBase('its index contains another index');
    const config = parseBaseConfig(await this.#config(reference, manifest), manifest, architecture);
    return { reference, digest: found.digest, config, layers: baseLayersOf(manifest, config) };
  }

  /** Reads a manifest. Those that are named by a digest never change, so they are kept in the cache. */
  async #manifest(parsed: ImageReference, name: string): Promise<{ text: string; digest: string }> {
    const { cache } = this.#options;
    const recordName = `manifest ${name}`;
    const { text: kept } = ((await cache.readRecord(recordName)) ?? {}) as { text?: unknown };
    if (typeof kept === 'string' && digestOf(kept) === name) return { text: kept, digest: name };
    const read = readerWithRetries(parsed, this.#options);
    const text = await read(`manifests/${name}`, MANIFEST_TYPES.join(', '), (answer) => answer.text());
    const digest = digestOf(text);
    if (isDigestName(name) && digest !== name)
      throw new UnusableBase(`the registry sent a manifest with the digest ${digest} instead of ${name}`);
    await cache.writeRecord(`manifest ${digest}`, { text });
    return { text, digest };
  }

  async #config(reference: string, { config }: BaseManifest): Promise<string> {
    const { cache } = this.#options;
    if (!(await cache.has(config))) await this.#fetchBlob(reference, config);
    return new TextDecoder().decode(await cache.readAll(config.digest));
  }

  async #fetchBlob(reference: string, blob: BlobIdentity): Promise<void> {
    const read = readerWithRetries(parseImageReference(reference), this.#options);
    await read(`blobs/${blob.digest}`, '*/*', ({ body }) => this.#options.cache.store(body, blob)).catch(
      (error: unknown) => {
        if (error instanceof DigestMismatch)
          throw new UnusableBase(`the registry sent a damaged layer: ${messageOf(error)}`);
        throw error;
      },
    );
  }
}

const nameOf = ({ version }: ImageReference): string => ('tag' in version ? version.tag : version.digest);

/** What the cache knows about a tag. @param time when the registry was asked, milliseconds since 1970 */
function parseKnown(record: unknown): { reference: string; digest: string; time: number } | undefined {
  const { reference, digest, time } = (record ?? {}) as Readonly<Record<string, unknown>>;
  return typeof reference === 'string' && isDigestName(digest) && typeof time === 'number'
    ? { reference, digest, time }
    : undefined;
}

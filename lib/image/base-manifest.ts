/** Reads the manifests and configurations of base images, as registries send them. Pure. */
import { isDigestName, type BlobIdentity } from './blob-identity.ts';
import { OCI_LAYER_TYPE } from './image-format.ts';
import type { LayerDescription } from './layer.ts';

/** The largest configuration that is read, since it is kept in memory; registries have the same limit for manifests. */
const MAX_CONFIG_BYTES = 4 * 1_048_576;

/** The error for an image that cannot be a base. Its message is a clause without a full stop. */
export class UnusableBase extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableBase';
  }
}

/**
 * The OCI media types of layers, keyed by the types that a base image may have. Docker's types name the same bytes. Layers that
 * must not be copied to another registry are missing on purpose.
 * @see https://github.com/opencontainers/image-spec/blob/main/media-types.md#compatibility-matrix
 */
const LAYER_TYPES: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': OCI_LAYER_TYPE,
  [OCI_LAYER_TYPE]: OCI_LAYER_TYPE,
  'application/vnd.oci.image.layer.v1.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
};

interface Descriptor extends BlobIdentity {
  readonly mediaType: string;
}

/** The manifest of a single image. */
export interface BaseManifest {
  readonly config: BlobIdentity;
  readonly layers: readonly Descriptor[];
}

/** The container settings of an image, of which a program inherits all that it does not replace. */
export type ContainerSettings = Readonly<Record<string, unknown>> & {
  readonly Env?: readonly string[] | null;
};

/** The configuration of an image. */
export interface BaseConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly config: ContainerSettings;
  readonly history: readonly object[];
  readonly diffIds: readonly string[];
}

/**
 * Finds the image for a platform in a manifest or an index.
 * @returns the manifest, or the digest of the manifest that the index names for the platform
 * @throws UnusableBase
 * @see https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
export function parseBaseManifest(
  text: string,
  architecture: string,
): BaseManifest | { readonly digest: string } {
  const { schemaVersion, manifests, config, layers } = parseObject(text);
  if (Array.isArray(manifests)) {
    const platform = `linux/${architecture}`;
    const found = manifests.map(objectOf).find((item) => {
      const { os, architecture: built } = objectOf(item['platform']);
      return `${String(os)}/${String(built)}` === platform;
    });
    const digest = found?.['digest'];
    if (!isDigestName(digest)) throw new UnusableBase(`it has no image for ${platform}`);
    return { digest };
  }
  if (schemaVersion !== 2 || !Array.isArray(layers))
    throw new UnusableBase('its manifest has an unknown format');
  const found = blobIn(config);
  if (found.size > MAX_CONFIG_BYTES) throw new UnusableBase('its configuration is larger than 4 MiB');
  return { config: found, layers: layers.map(layerIn) };
}

/**
 * Reads the configuration of an image.
 * @param manifest the image's manifest, with as many layers
 * @throws UnusableBase
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export function parseBaseConfig(text: string, manifest: BaseManifest, architecture: string): BaseConfig {
  const parsed = parseObject(text);
  const { os, architecture: built, variant, history } = parsed;
  if (os !== 'linux' || built !== architecture)
    throw new UnusableBase(`it is for ${String(os)}/${String(built)}, not for linux/${architecture}`);
  const diffIds: unknown = objectOf(parsed['rootfs'])['diff_ids'];
  if (!Array.isArray(diffIds) || !diffIds.every(isDigestName) || diffIds.length !== manifest.layers.length)
    throw new UnusableBase('its configuration does not describe its layers');
  return {
    os,
    architecture: built,
    ...(typeof variant === 'string' ? { variant } : {}),
    config: objectOf(parsed['config']),
    history: Array.isArray(history) ? history.map(objectOf) : [],
    diffIds,
  };
}

/** Combines what the manifest and the configuration say about the layers. */
export const baseLayersOf = ({ layers }: BaseManifest, { diffIds }: BaseConfig): LayerDescription[] =>
  layers.map((layer, index) => ({ ...layer, diffId: diffIds[index] ?? '' }));

function blobIn(value: unknown): BlobIdentity {
  const { digest, size } = objectOf(value);
  if (!isDigestName(digest) || !Number.isSafeInteger(size) || (size as number) < 0)
    throw new UnusableBase('its manifest has an unknown format');
  return { digest, size: size as number };
}

function layerIn(value: unknown): Descriptor {
  const { mediaType } = objectOf(value);
  const type =
    typeof mediaType === 'string' && Object.hasOwn(LAYER_TYPES, mediaType) && LAYER_TYPES[mediaType];
  if (!type)
    throw new UnusableBase(`it has a layer of the type ${String(mediaType)}, which cannot be copied`);
  return { ...blobIn(value), mediaType: type };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    throw new UnusableBase('its manifest is not JSON');
  }
}

/** Returns a value if it is an object, or else an empty object. */
const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

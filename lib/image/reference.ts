/** References to images in registries, and what is known about the image behind one. Pure. */

/** The parts of a reference. */
export interface ImageReference {
  /** The host of the registry, with its port if it has one. */
  readonly host: string;
  readonly repository: string;
  /** A tag, or a digest, which takes precedence. */
  readonly version: { readonly tag: string } | { readonly digest: string };
}

const DOCKER_HUB = 'docker.io';

/**
 * Returns the parts of a reference. A reference without a registry means Docker Hub, where official images are in `library`.
 * @see https://github.com/distribution/reference
 */
export function parseImageReference(reference: string): ImageReference {
  const [path = '', digest] = reference.split('@', 2);
  const [, name = '', tag = 'latest'] = /^(.*?)(?::(\w[\w.-]*))?$/.exec(path) ?? [];
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const hasHost = slash !== -1 && /[.:]|^localhost$/.test(first);
  const host = hasHost ? first : DOCKER_HUB;
  const rest = hasHost ? name.slice(slash + 1) : name;
  const repository = host === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest;
  return { host, repository, version: digest === undefined ? { tag } : { digest } };
}

/** The result of a check of an image. */
export type ImageCheck =
  | { readonly state: 'usable' }
  /** @param why one sentence */
  | { readonly state: 'missing'; readonly why: string }
  | { readonly state: 'other platform'; readonly platforms: readonly string[] }
  /** The registry cannot be asked. @param why what it answered, without a full stop */
  | { readonly state: 'unknown'; readonly why: string };

/** The part of a manifest or an index that says for which platforms an image is. */
interface Manifest {
  readonly manifests?: readonly {
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
  readonly config?: { readonly digest?: string };
}

/**
 * Checks the platforms of an image. An index lists its platforms; a single image has its platform in its configuration.
 * @param readConfig reads the blob of the image's configuration
 * @param architecture the CPU architecture of the tasks: `amd64` or `arm64`
 * @see https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
export async function checkPlatform(
  manifestText: string,
  readConfig: (digest: string) => Promise<string>,
  architecture: string,
): Promise<ImageCheck> {
  const { manifests, config } = JSON.parse(manifestText) as Manifest;
  const wanted = `linux/${architecture}`;
  if (manifests) {
    const platforms = manifests
      .map(({ platform }) => `${platform?.os}/${platform?.architecture}`)
      // Attestations are listed with the platform `unknown/unknown`.
      .filter((platform) => !/undefined|unknown/.test(platform));
    return platforms.includes(wanted) ? { state: 'usable' } : { state: 'other platform', platforms };
  }
  if (config?.digest === undefined) return { state: 'usable' };
  const { os = 'linux', architecture: built = architecture } = JSON.parse(
    await readConfig(config.digest),
  ) as {
    os?: string;
    architecture?: string;
  };
  const platform = `${os}/${built}`;
  return platform === wanted ? { state: 'usable' } : { state: 'other platform', platforms: [platform] };
}

/** The media types of manifests and indexes that ECS can pull. */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

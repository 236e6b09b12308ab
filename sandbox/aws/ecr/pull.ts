/** Pulls an image as ECS does when it starts a task, and fails with ECS's messages. */
import type { Region } from '../../world/region.ts';
import { layerBytes } from './layer-rows.ts';
import { parseManifest, type Platform } from './manifests.ts';
import { parseReference, referencedRepository, imageByTagOrDigest } from './references.ts';
import { isRegistryOf, registryOf } from './registry.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** An image in the form that a task needs. */
export interface PulledImage {
  /** The image configuration, as JSON text. */
  readonly config: Uint8Array;
  /** The layers as they were pushed, the lowest first. They are tar archives, some of them compressed. */
  readonly layers: Uint8Array[];
  /** The digest of the image's manifest. For an index, this is the digest of the image for the task's platform. */
  readonly digest: string;
}

/**
 * Resolves a reference and reads its image.
 * @param reference `<registry>/<repository>[:tag][@digest]`; the digest takes precedence, and the default tag is `latest`
 * @param architecture the task's architecture, which selects the image if the reference names an index
 * @throws Error with the text of ECS's CannotPullContainerError
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function pullImage(
  region: Region,
  reference: string,
  architecture: Platform['architecture'] = 'amd64',
): PulledImage {
  const parsed = parseReference(reference);
  const { host, name, tag, digest } = parsed;
  if (!isRegistryOf(region, host)) {
    throw unresolved(reference, `the sandbox pulls from its own ECR only, which is ${registryOf(region)}`);
  }
  const repository = referencedRepository(region, parsed);
  if (!repository) {
    const missing = `The repository with name '${name}' does not exist in the registry with id '${region.account}'`;
    throw unresolved(reference, `${reference}: name unknown: ${missing}`);
  }
  const image = imageByTagOrDigest(repository, digest ?? tag);
  if (!image) throw unresolved(reference, `${reference}: not found`);
  recordPull(region, image);
  return readImage(region, repository, reference, image, { os: 'linux', architecture });
}

/** Records that an image was pulled, by a task or by a container tool. */
export function recordPull(region: Region, image: ImageRow): void {
  image.pulledAt = region.now();
  region.changed();
}

function readImage(
  region: Region,
  repository: RepositoryRow,
  reference: string,
  image: ImageRow,
  platform: Platform,
): PulledImage {
  const manifest = parseManifest(image.manifest, image.mediaType);
  if (manifest.kind === 'index') {
    const match = manifest.manifests.find(
      (one) => one.platform?.os === platform.os && one.platform.architecture === platform.architecture,
    );
    const inner = match && imageByTagOrDigest(repository, match.digest);
    if (inner) return readImage(region, repository, reference, inner, platform);
    throw cannotPull(
      `pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform '${platform.os}/${platform.architecture}'`,
    );
  }
  const bytesOf = (digest: string): Uint8Array => {
    const bytes = layerBytes(region, digest);
    if (bytes) return bytes;
    throw cannotPull(
      `ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: could not fetch content descriptor ${digest} from remote: not found`,
    );
  };
  return {
    config: bytesOf(manifest.config.digest),
    layers: manifest.layers.map(({ digest }) => bytesOf(digest)),
    digest: image.digest,
  };
}

const cannotPull = (why: string): Error => new Error(`CannotPullContainerError: ${why}`);

const unresolved = (reference: string, why: string): Error =>
  cannotPull(`pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${why}`);

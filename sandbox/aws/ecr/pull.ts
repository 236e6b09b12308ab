/** Pulls an image as ECS does when it starts a task, and fails with ECS's messages. */
import type { Region } from '../../world/region.ts';
import { layerBytes } from './layer-rows.ts';
import { parseManifest, type Platform } from './manifests.ts';
import { registryOf } from './registry.ts';
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
  const { host, name, tag, digest } = parseReference(reference);
  const registry = registryOf(region);
  if (host !== registry) {
    throw unresolved(reference, `the sandbox pulls from its own ECR only, which is ${registry}`);
  }
  const repository = region.ecr.repositories.get(name);
  if (!repository) {
    const missing = `The repository with name '${name}' does not exist in the registry with id '${region.account}'`;
    throw unresolved(reference, `${reference}: name unknown: ${missing}`);
  }
  const image = imageOf(repository, digest ?? tag);
  if (!image) throw unresolved(reference, `${reference}: not found`);
  image.pulledAt = region.now();
  return readImage(region, repository, reference, image, { os: 'linux', architecture });
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
    const inner = match && imageOf(repository, match.digest);
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

const imageOf = (repository: RepositoryRow, tagOrDigest: string): ImageRow | undefined =>
  repository.images.find(({ digest, tags }) => digest === tagOrDigest || tags.includes(tagOrDigest));

interface Reference {
  readonly host: string;
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

/** Returns the parts of a reference. A reference without a registry means Docker Hub. */
function parseReference(reference: string): Reference {
  const [path = '', digest] = reference.split('@', 2);
  const [, rest = '', tag = 'latest'] = /^(.*?)(?::([\w][\w.-]{0,127}))?$/.exec(path) ?? [];
  const slash = rest.indexOf('/');
  const first = rest.slice(0, slash);
  if (slash === -1 || !/[.:]|^localhost$/.test(first)) return { host: 'docker.io', name: rest, tag, digest };
  return { host: first, name: rest.slice(slash + 1), tag, digest };
}

const cannotPull = (why: string): Error => new Error(`CannotPullContainerError: ${why}`);

const unresolved = (reference: string, why: string): Error =>
  cannotPull(`pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${why}`);

/** Pulls an image as ECS does when it starts a task, and fails with ECS's messages. */
import { INTERNET_ADDRESS } from '../../network/reachability.ts';
import type { Region } from '../../world/region.ts';
import { hasLayer, layerBytes } from './layer-rows.ts';
import { parseManifest, type Platform } from './manifests.ts';
import { parseReference, referencedRepository, imageByTagOrDigest, type Reference } from './references.ts';
import { isRegistryOf, registryOf } from './registry.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** An image in the form that a task needs. */
export interface PulledImage {
  /** The image configuration, as JSON text. */
  readonly config: Uint8Array;
  /** The layers as they were pushed, the lowest first. They are tar archives, some of them compressed. */
  readonly layers: { readonly digest: string; read(): Uint8Array }[];
  /** The digest of the image's manifest. For an index, this is the digest of the image for the task's platform. */
  readonly digest: string;
}

/** The circumstances of a pull; by default the network and the permissions let it succeed. */
export interface PullConditions {
  readonly network?: {
    /** Whether the puller can reach the internet. */
    readonly hasRoute: boolean;
    /** The address of the DNS server that the puller uses. */
    readonly resolver: string;
  };
  /** Returns IAM's message if the puller may not make a call; undefined if it may. */
  readonly denial?: (action: string, resource: string) => string | undefined;
}

/** Registries on the internet that exist, although the sandbox does not pull from them. */
const KNOWN_REGISTRIES =
  /^(docker\.io|public\.ecr\.aws|ghcr\.io|quay\.io|gcr\.io|registry\.gitlab\.com|mcr\.microsoft\.com)$/;
/** The host of Docker Hub's API. */
const DOCKER_HUB = 'registry-1.docker.io';

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
  { network = { hasRoute: true, resolver: '10.0.0.2' }, denial = () => undefined }: PullConditions = {},
): PulledImage {
  const parsed = parseReference(reference);
  const { host, name, tag, digest } = parsed;
  const url = `https://${host === 'docker.io' ? DOCKER_HUB : host}/v2/${repositoryPath(parsed)}`;
  const manifestUrl = `${url}/manifests/${digest ?? tag}`;
  const unreachable = (why: string) =>
    unresolved(reference, `failed to do request: Head "${manifestUrl}": dial tcp${why}`);
  if (!network.hasRoute) throw unreachable(` ${INTERNET_ADDRESS}:443: i/o timeout`);
  if (!isRegistryOf(region, host))
    throw refusalOfOtherRegistry(region, reference, network.resolver, unreachable);
  const mayNot = (action: string) =>
    denial(`ecr:${action}`, region.arn('ecr', `repository/${name}`)) !== undefined;
  if (mayNot('BatchGetImage')) throw unresolved(reference, forbidden(parsed), 1);
  const repository = referencedRepository(region, parsed);
  if (!repository) {
    const missing = `The repository with name '${name}' does not exist in the registry with id '${region.account}'`;
    throw unresolved(reference, `${reference}: name unknown: ${missing}`);
  }
  const image = imageByTagOrDigest(repository, digest ?? tag);
  if (!image) throw unresolved(reference, `${reference}: not found`);
  if (mayNot('GetDownloadUrlForLayer')) {
    throw cannotPull(
      `ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code ${url}/blobs/${image.digest}: 403 Forbidden`,
    );
  }
  recordPull(region, image);
  return readImage(region, repository, reference, image, { os: 'linux', architecture });
}

/**
 * Returns an image without pulling it: nothing is checked, and the pull is not recorded.
 * @returns undefined if the registry does not have the image
 * @throws Error with the text of ECS's CannotPullContainerError, if only a part of the image is missing
 */
export function storedImage(
  region: Region,
  reference: string,
  architecture: Platform['architecture'],
): PulledImage | undefined {
  const parsed = parseReference(reference);
  const repository = isRegistryOf(region, parsed.host) ? referencedRepository(region, parsed) : undefined;
  const image = repository && imageByTagOrDigest(repository, parsed.digest ?? parsed.tag);
  return image && readImage(region, repository, reference, image, { os: 'linux', architecture });
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
      `pull image manifest has been retried ${RETRIES} time(s): image Manifest does not contain descriptor matching platform '${platform.os}/${platform.architecture}'`,
    );
  }
  const bytesOf = (digest: string): Uint8Array => {
    const bytes = layerBytes(region, digest);
    if (bytes) return bytes;
    throw missingBlob(digest);
  };
  return {
    config: bytesOf(manifest.config.digest),
    layers: manifest.layers.map(({ digest }) => {
      if (!hasLayer(region, digest)) throw missingBlob(digest);
      return { digest, read: () => bytesOf(digest) };
    }),
    digest: image.digest,
  };
}

const cannotPull = (why: string): Error => new Error(`CannotPullContainerError: ${why}`);

const missingBlob = (digest: string): Error =>
  cannotPull(
    `ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: could not fetch content descriptor ${digest} from remote: not found`,
  );

/** How often ECS retries to resolve an image, in recorded messages of 2026. */
const RETRIES = 7;

const unresolved = (reference: string, why: string, retries = RETRIES): Error =>
  cannotPull(
    `pull image manifest has been retried ${retries} time(s): failed to resolve ref ${fullReference(reference)}: ${why}`,
  );

const forbidden = ({ host, tag, digest }: Reference): string =>
  `pulling from host ${host} failed with status code [manifests ${digest ?? tag}]: 403 Forbidden`;

/** Returns the path of a repository in its registry. Docker Hub's official images are in `library`. */
const repositoryPath = ({ host, name }: Pick<Reference, 'host' | 'name'>): string =>
  host === 'docker.io' && !name.includes('/') ? `library/${name}` : name;

/** Returns a reference with its registry and its tag, as container runtimes complete it. */
function fullReference(reference: string): string {
  const { host, name, tag, digest } = parseReference(reference);
  const path = repositoryPath({ host, name });
  const isTagged = reference.replace(/@.*/, '').endsWith(`:${tag}`);
  return `${host}/${path}${digest === undefined || isTagged ? `:${tag}` : ''}${digest === undefined ? '' : `@${digest}`}`;
}

/**
 * Returns the error of a pull from another registry. The sandbox pulls from its own ECR only, and its error says so. It reads as
 * ECS's error for an image to which the task has no access, or for a registry that does not exist.
 */
function refusalOfOtherRegistry(
  region: Region,
  reference: string,
  resolver: string,
  unreachable: (why: string) => Error,
): Error {
  const parsed = parseReference(reference);
  const { host } = parsed;
  const note = ` (sandbox: it pulls from its own ECR only, ${registryOf(region)})`;
  const hostname = host.replace(/:\d+$/, '');
  if (/\.dkr\.ecr\./.test(host)) return unresolved(reference, forbidden(parsed) + note, 1);
  if (hostname === 'localhost' || hostname.startsWith('127.'))
    return unreachable(` 127.0.0.1:${/:(\d+)$/.exec(host)?.[1] ?? 443}: connect: connection refused${note}`);
  if (!KNOWN_REGISTRIES.test(host))
    return unreachable(`: lookup ${hostname} on ${resolver}:53: no such host${note}`);
  const denied = 'pull access denied, repository does not exist or may require authorization';
  return unresolved(reference, `${denied}: server message: insufficient_scope: authorization failed${note}`);
}

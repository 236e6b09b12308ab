/** References to images, as task definitions contain them: parsed into parts, and looked up in the account's registry. */
import type { Region } from '../../world/region.ts';
import { isRegistryOf } from './registry.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** The parts of a reference. */
export interface Reference {
  readonly host: string;
  readonly name: string;
  /** The tag, by default `latest`. */
  readonly tag: string;
  readonly digest: string | undefined;
}

/** Returns the parts of a reference. A reference without a registry means Docker Hub. */
export function parseReference(reference: string): Reference {
  const [path = '', digest] = reference.split('@', 2);
  const [, rest = '', tag = 'latest'] = /^(.*?)(?::([\w][\w.-]{0,127}))?$/.exec(path) ?? [];
  const slash = rest.indexOf('/');
  const host = rest.slice(0, slash);
  if (slash === -1 || !/[.:]|^localhost$/.test(host)) return { host: 'docker.io', name: rest, tag, digest };
  return { host, name: rest.slice(slash + 1), tag, digest };
}

/** Returns the repository of a reference; undefined if the reference names another registry or an unknown repository. */
export const referencedRepository = (region: Region, { host, name }: Reference): RepositoryRow | undefined =>
  isRegistryOf(region, host) ? region.ecr.repositories.get(name) : undefined;

/** Returns the image with the given tag or digest. */
export const imageByTagOrDigest = (repository: RepositoryRow, tagOrDigest: string): ImageRow | undefined =>
  repository.images.find(({ digest, tags }) => digest === tagOrDigest || tags.includes(tagOrDigest));

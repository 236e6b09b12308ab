/** Images as rows: found by tag or digest, and taken away with the layers that only they had. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Region } from '../../world/region.ts';
import { removeLayers } from './layer-rows.ts';
import { parseManifest } from './manifests.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** The image that both the digest and the tag lead to, of those that are given. */
export const findImage = (
  { images }: RepositoryRow,
  { imageDigest, imageTag }: ImageIdentifier,
): ImageRow | undefined =>
  images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) &&
      (imageTag === undefined || tags.includes(imageTag)),
  );

const manifestOf = ({ manifest, mediaType }: ImageRow) => parseManifest(manifest, mediaType);

/** What an image is made of: its configuration and its layers. */
export function layerDigestsOf(image: ImageRow): string[] {
  const manifest = manifestOf(image);
  return manifest.kind === 'image' ? [manifest.config, ...manifest.layers].map(({ digest }) => digest) : [];
}

/** The digests of the images that some index of a repository refers to. */
export function childrenOf({ images }: RepositoryRow): Set<string> {
  return new Set(images.flatMap(childDigestsOf));
}

export function childDigestsOf(image: ImageRow): string[] {
  const manifest = manifestOf(image);
  return manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
}

/** Deletes an image. Its layers go too, unless another image of the repository has them. */
export function removeImage(region: Region, repository: RepositoryRow, image: ImageRow): void {
  repository.images = repository.images.filter((other) => other !== image);
  const own = new Set(layerDigestsOf(image));
  for (const other of repository.images) for (const digest of layerDigestsOf(other)) own.delete(digest);
  // Layers of a push that is under way belong to no image yet: they are not this image's, so they stay.
  removeLayers(region, repository, ({ digest }) => own.has(digest));
}

/** Images as rows: found by tag or digest, and deleted together with the layers that no other image uses. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Region } from '../../world/region.ts';
import { removeLayers } from './layer-rows.ts';
import { parseManifest } from './manifests.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** Returns the image with the given digest and tag. If only one of them is given, the other may have any value. */
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

/** Returns the digests of an image's configuration and layers. */
export function layerDigestsOf(image: ImageRow): string[] {
  const manifest = manifestOf(image);
  return manifest.kind === 'image' ? [manifest.config, ...manifest.layers].map(({ digest }) => digest) : [];
}

/** Returns the digests of all images that an index of the repository refers to. */
export function childDigestsIn({ images }: RepositoryRow): Set<string> {
  return new Set(images.flatMap(childDigestsOf));
}

export function childDigestsOf(image: ImageRow): string[] {
  const manifest = manifestOf(image);
  return manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [];
}

/** Deletes an image and its layers, except those that another image of the repository uses. */
export function removeImage(region: Region, repository: RepositoryRow, image: ImageRow): void {
  repository.images = repository.images.filter((other) => other !== image);
  const unsharedDigests = new Set(layerDigestsOf(image));
  for (const other of repository.images)
    for (const digest of layerDigestsOf(other)) unsharedDigests.delete(digest);
  // Layers of a push in progress do not belong to any image yet, so they are kept.
  removeLayers(region, repository, ({ digest }) => unsharedDigests.has(digest));
}

/** Images: put when all their layers are present, and read back by tag or digest. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { checkImageTag, placeOf, requestedRepository } from './checks.ts';
import {
  digestMismatch,
  imageExists,
  imagesNotFound,
  layersNotFound,
  notImplemented,
  tagIsImmutable,
} from './errors.ts';
import { checkIds, failureOf } from './image-ids.ts';
import { findImage } from './image-rows.ts';
import { sha256 } from './layers.ts';
import { imagePushed } from './lifecycle.ts';
import { mediaTypeOf, parseManifest, type Manifest } from './manifests.ts';
import { isMutable } from './mutability.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** Returns the size of an image: its layers and configuration, or the largest image of an index. */
function imageSizeOf(repository: RepositoryRow, manifest: Manifest): number {
  const place = placeOf(repository);
  if (manifest.kind === 'index') {
    const images = manifest.manifests.map(({ digest }) => ({
      digest,
      image: findImage(repository, { imageDigest: digest }),
    }));
    const missing = images.filter(({ image }) => !image).map(({ digest }) => digest);
    if (missing.length > 0) throw imagesNotFound(missing, place);
    return Math.max(0, ...images.map(({ image }) => image?.sizeInBytes ?? 0));
  }
  const sizes = new Map(repository.layers.map(({ digest, sizeInBytes }) => [digest, sizeInBytes]));
  const digests = [manifest.config, ...manifest.layers].map(({ digest }) => digest);
  const missing = digests.filter((digest) => !sizes.has(digest));
  if (missing.length > 0) throw layersNotFound(missing, place);
  return digests.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
}

/** Removes a tag from its current image, so that it can move to another one. @throws ImageTagAlreadyExistsException */
function detachTag(repository: RepositoryRow, tag: string, digest: string): void {
  const holder = findImage(repository, { imageTag: tag });
  if (holder && holder.digest !== digest && !isMutable(tag, repository)) {
    throw tagIsImmutable(tag, placeOf(repository));
  }
  if (holder) holder.tags = holder.tags.filter((other) => other !== tag);
}

export const imageOperations = {
  PutImage: {
    takes: [
      'registryId',
      'repositoryName',
      'imageManifest',
      'imageManifestMediaType',
      'imageTag',
      'imageDigest',
    ],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const place = placeOf(repository);
      const { imageManifest: manifest = '', imageTag, imageManifestMediaType } = input;
      if (imageTag !== undefined) checkImageTag(imageTag);
      const mediaType = mediaTypeOf(manifest, imageManifestMediaType);
      const parsed = parseManifest(manifest, mediaType);
      const digest = sha256(manifest);
      if (input.imageDigest !== undefined && input.imageDigest !== digest) {
        throw digestMismatch(input.imageDigest, digest);
      }
      const sizeInBytes = imageSizeOf(repository, parsed);
      const known = findImage(repository, { imageDigest: digest });
      if (known && (imageTag === undefined || known.tags.includes(imageTag))) {
        throw imageExists(digest, imageTag, place);
      }
      if (imageTag !== undefined) detachTag(repository, imageTag, digest);
      const image = known ?? { digest, manifest, mediaType, tags: [], pushedAt: region.now(), sizeInBytes };
      if (!known) repository.images.push(image);
      if (imageTag !== undefined) image.tags = [...image.tags, imageTag];
      imagePushed(region, repository);
      return { image: imageAnswer(image, { imageDigest: digest, imageTag }, place) };
    },
  },

  BatchGetImage: {
    takes: ['registryId', 'repositoryName', 'imageIds', 'acceptedMediaTypes'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const place = placeOf(repository);
      const images = [];
      const failures = [];
      for (const id of checkIds(input.imageIds)) {
        const image = findImage(repository, id);
        const problem = failureOf(repository, id);
        if (problem) failures.push(problem);
        else if (image) images.push(imageAnswer(image, { ...id, imageDigest: image.digest }, place));
      }
      const accepted = input.acceptedMediaTypes;
      for (const { imageManifestMediaType = '' } of images) {
        if (accepted && accepted.length > 0 && !accepted.includes(imageManifestMediaType)) {
          throw notImplemented(`conversion of manifests: the image is ${imageManifestMediaType}`);
        }
      }
      return { images, failures };
    },
  },
} satisfies Operations<typeof ECR>;

const imageAnswer = (
  { manifest, mediaType }: ImageRow,
  imageId: ImageIdentifier,
  place: { registryId: string; repositoryName: string },
) => ({ ...place, imageId, imageManifest: manifest, imageManifestMediaType: mediaType });

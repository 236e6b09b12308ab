/** Images: pushed after all their layers, and read back by tag or digest. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { checkImageTag, identityOf, requestedRepository } from './checks.ts';
import {
  digestMismatch,
  imageExists,
  imagesNotFound,
  layersNotFound,
  notImplemented,
  tagIsImmutable,
} from './errors.ts';
import { failureOf } from './image-ids.ts';
import { findImage } from './image-rows.ts';
import { sha256 } from './layers.ts';
import { onImagePushed } from './lifecycle.ts';
import { mediaTypeOf, parseManifest, type Manifest } from './manifests.ts';
import { isMutable } from './mutability.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** Returns the size of an image, with its layers and configuration. An index has the size of its largest image. */
function imageSizeOf(repository: RepositoryRow, manifest: Manifest): number {
  const identity = identityOf(repository);
  if (manifest.kind === 'index') {
    const images = manifest.manifests.map(({ digest }) => ({
      digest,
      image: findImage(repository, { imageDigest: digest }),
    }));
    const missing = images.filter(({ image }) => !image).map(({ digest }) => digest);
    if (missing.length > 0) throw imagesNotFound(missing, identity);
    return Math.max(0, ...images.map(({ image }) => image?.sizeInBytes ?? 0));
  }
  const sizes = new Map(repository.layers.map(({ digest, sizeInBytes }) => [digest, sizeInBytes]));
  const digests = [manifest.config, ...manifest.layers].map(({ digest }) => digest);
  const missing = digests.filter((digest) => !sizes.has(digest));
  if (missing.length > 0) throw layersNotFound(missing, identity);
  return digests.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
}

/** Removes a tag from its current image, so that another image can have the tag. @throws ImageTagAlreadyExistsException */
function detachTag(repository: RepositoryRow, tag: string, digest: string): void {
  const holder = findImage(repository, { imageTag: tag });
  if (holder && holder.digest !== digest && !isMutable(tag, repository)) {
    throw tagIsImmutable(tag, identityOf(repository));
  }
  if (holder) holder.tags = holder.tags.filter((other) => other !== tag);
}

export const imageOperations = {
  PutImage: {
    inputMembers: [
      'registryId',
      'repositoryName',
      'imageManifest',
      'imageManifestMediaType',
      'imageTag',
      'imageDigest',
    ],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const identity = identityOf(repository);
      const { imageManifest: manifest = '', imageTag, imageManifestMediaType } = input;
      if (imageTag !== undefined) checkImageTag(imageTag);
      const mediaType = mediaTypeOf(manifest, imageManifestMediaType);
      const parsed = parseManifest(manifest, mediaType);
      const digest = sha256(manifest);
      if (input.imageDigest !== undefined && input.imageDigest !== digest) {
        throw digestMismatch(input.imageDigest, digest);
      }
      const sizeInBytes = imageSizeOf(repository, parsed);
      const existing = findImage(repository, { imageDigest: digest });
      if (existing && (imageTag === undefined || existing.tags.includes(imageTag))) {
        throw imageExists(digest, imageTag, identity);
      }
      if (imageTag !== undefined) detachTag(repository, imageTag, digest);
      const image = existing ?? {
        digest,
        manifest,
        mediaType,
        tags: [],
        pushedAt: region.now(),
        sizeInBytes,
      };
      if (!existing) repository.images.push(image);
      if (imageTag !== undefined) image.tags = [...image.tags, imageTag];
      onImagePushed(region, repository);
      return { image: imageResponse(image, { imageDigest: digest, imageTag }, identity) };
    },
  },

  BatchGetImage: {
    inputMembers: ['registryId', 'repositoryName', 'imageIds', 'acceptedMediaTypes'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const identity = identityOf(repository);
      const images = [];
      const failures = [];
      for (const id of input.imageIds ?? []) {
        const image = findImage(repository, id);
        const imageFailure = failureOf(repository, id);
        if (imageFailure) failures.push(imageFailure);
        else if (image) images.push(imageResponse(image, { ...id, imageDigest: image.digest }, identity));
      }
      const accepted = input.acceptedMediaTypes;
      for (const { imageManifestMediaType = '' } of images) {
        if (accepted && !accepted.includes(imageManifestMediaType)) {
          throw notImplemented(`conversion of manifests: the image is ${imageManifestMediaType}`);
        }
      }
      return { images, failures };
    },
  },
} satisfies Operations<typeof ECR>;

const imageResponse = (
  { manifest, mediaType }: ImageRow,
  imageId: ImageIdentifier,
  identity: { registryId: string; repositoryName: string },
) => ({ ...identity, imageId, imageManifest: manifest, imageManifestMediaType: mediaType });

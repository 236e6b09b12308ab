/** Deletion of images: a whole image by digest, or a single tag of an image. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { ImageFailure, ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { requestedRepository } from './checks.ts';
import { failure, failureOf } from './image-ids.ts';
import { childDigestsOf, findImage, removeImage } from './image-rows.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

/** Returns the failure if an index refers to the image that would be deleted: the index must be deleted first. */
function failureIfReferenced(repository: RepositoryRow, id: ImageIdentifier): ImageFailure | undefined {
  const image = findImage(repository, id);
  if (!image || !deletesWholeImage(image, id)) return undefined;
  const indexes = repository.images.filter((other) => childDigestsOf(other).includes(image.digest));
  if (indexes.length === 0) return undefined;
  const digests = indexes.map(({ digest }) => digest).join(', ');
  return failure(
    id,
    'ImageReferencedByManifestList',
    `Requested image referenced by manifest list: [${digests}]`,
  );
}

/** Whether a deletion by the given id deletes the image itself, and not only one of its tags. */
const deletesWholeImage = ({ tags }: ImageRow, { imageTag }: ImageIdentifier): boolean =>
  imageTag === undefined || tags.length === 1;

/** Deletes an image, or only its tag. Returns the ids that were deleted. */
function deleteImage(region: Region, repository: RepositoryRow, id: ImageIdentifier): ImageIdentifier[] {
  const image = findImage(repository, id);
  if (!image) return [];
  const { digest: imageDigest, tags } = image;
  if (deletesWholeImage(image, id)) {
    removeImage(region, repository, image);
    return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }));
  }
  image.tags = tags.filter((tag) => tag !== id.imageTag);
  return [{ imageDigest, imageTag: id.imageTag }];
}

export const imageDeletionOperations = {
  /** A deletion by digest removes the image and all its tags. A deletion by tag keeps the image unless that is its last tag. */
  BatchDeleteImage: {
    inputMembers: ['registryId', 'repositoryName', 'imageIds'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const imageIds: ImageIdentifier[] = [];
      const failures: ImageFailure[] = [];
      for (const id of input.imageIds ?? []) {
        const imageFailure = failureOf(repository, id) ?? failureIfReferenced(repository, id);
        if (imageFailure) failures.push(imageFailure);
        else imageIds.push(...deleteImage(region, repository, id));
      }
      return { imageIds, failures };
    },
  },
} satisfies Operations<typeof ECR>;

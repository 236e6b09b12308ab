/** The image ids of batch calls. Each id succeeds or fails independently. */
import type { ImageFailure, ImageFailureCode, ImageIdentifier } from '@aws-sdk/client-ecr';
import { isDigest } from './checks.ts';
import { findImage } from './image-rows.ts';
import type { RepositoryRow } from './store.ts';

/** Makes the entry for an image that a batch call failed to find or change. The call itself succeeds. */
export const failure = (imageId: ImageIdentifier, failureCode: ImageFailureCode, failureReason: string) => ({
  imageId,
  failureCode,
  failureReason,
});

/** Returns the failure for an image id that is invalid or is not in the repository; undefined for any other id. */
export function failureOf(repository: RepositoryRow, id: ImageIdentifier): ImageFailure | undefined {
  const { imageDigest, imageTag } = id;
  if (imageDigest === undefined && imageTag === undefined) {
    return failure(
      id,
      'MissingDigestAndTag',
      'Invalid request parameters: both tag and digest cannot be null',
    );
  }
  if (imageDigest !== undefined && !isDigest(imageDigest)) {
    return failure(
      id,
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    );
  }
  if (findImage(repository, id)) return undefined;
  const hasBoth = imageDigest !== undefined && imageTag !== undefined;
  if (hasBoth && findImage(repository, { imageDigest }) && findImage(repository, { imageTag })) {
    return failure(id, 'ImageTagDoesNotMatchDigest', 'Requested image tag does not match the image digest');
  }
  return failure(id, 'ImageNotFound', 'Requested image not found');
}

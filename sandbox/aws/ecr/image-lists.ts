/** The lists of a repository's images: their details and ids. Images are never scanned, so there are no scan findings. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { page, identityOf, requestedRepository } from './checks.ts';
import { imageNotFound, invalidParameter, scanNotFound } from './errors.ts';
import { findImage } from './image-rows.ts';
import { parseManifest } from './manifests.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

interface Filter {
  tagStatus?: string;
  imageStatus?: string;
}

/** Returns the images that match a filter. All images are active, because the sandbox never archives one. */
function matchingImages(
  { images }: RepositoryRow,
  { tagStatus = 'ANY', imageStatus = 'ANY' }: Filter = {},
): ImageRow[] {
  if (imageStatus !== 'ANY' && imageStatus !== 'ACTIVE') return [];
  return images.filter(({ tags }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0);
}

function detailOf(image: ImageRow, identity: { registryId: string; repositoryName: string }): ImageDetail {
  const manifest = parseManifest(image.manifest, image.mediaType);
  return {
    ...identity,
    imageDigest: image.digest,
    imageTags: image.tags.length > 0 ? image.tags : undefined,
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.mediaType,
    artifactMediaType: manifest.kind === 'image' ? manifest.config.mediaType : undefined,
    lastRecordedPullTime: image.pulledAt,
    imageStatus: 'ACTIVE',
  };
}

export const imageListOperations = {
  DescribeImages: {
    inputMembers: ['registryId', 'repositoryName', 'imageIds', 'filter', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const identity = identityOf(repository);
      if (input.imageIds) {
        if (input.maxResults !== undefined || input.nextToken !== undefined) {
          throw invalidParameter('imageIds', 'maxResults and nextToken cannot be used with imageIds');
        }
        const named = input.imageIds.map((id) => {
          const image = findImage(repository, id);
          if (!image) throw imageNotFound(id, identity);
          return image;
        });
        const matching = new Set(matchingImages(repository, input.filter));
        return {
          imageDetails: named
            .filter((image) => matching.has(image))
            .map((image) => detailOf(image, identity)),
        };
      }
      const { rows, next } = page(
        matchingImages(repository, input.filter),
        input.maxResults,
        input.nextToken,
      );
      return { imageDetails: rows.map((image) => detailOf(image, identity)), nextToken: next };
    },
  },

  /** Returns one id per tag, and one per image without a tag. */
  ListImages: {
    inputMembers: ['registryId', 'repositoryName', 'filter', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const ids = matchingImages(repository, input.filter).flatMap(({ digest: imageDigest, tags }) =>
        tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag })),
      );
      const { rows, next } = page(ids, input.maxResults, input.nextToken);
      return { imageIds: rows, nextToken: next };
    },
  },

  /** Always refused: ECR refuses this call for an image that was never scanned, and the sandbox does not scan images. */
  DescribeImageScanFindings: {
    inputMembers: ['registryId', 'repositoryName', 'imageId', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const identity = identityOf(repository);
      const id = input.imageId ?? {};
      throw findImage(repository, id) ? scanNotFound(id, identity) : imageNotFound(id, identity);
    },
  },
} satisfies Operations<typeof ECR>;

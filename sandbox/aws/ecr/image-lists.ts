/** The lists of a repository's images: their details and ids. Scan findings are never found. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { listed, placeOf, requestedRepository } from './checks.ts';
import { imageNotFound, invalidParameter, scanNotFound } from './errors.ts';
import { findImage } from './image-rows.ts';
import { parseManifest } from './manifests.ts';
import type { ImageRow, RepositoryRow } from './store.ts';

interface Filter {
  tagStatus?: string;
  imageStatus?: string;
}

/** Returns the images that match a filter; the sandbox never archives images. */
function filtered(
  { images }: RepositoryRow,
  { tagStatus = 'ANY', imageStatus = 'ANY' }: Filter = {},
): ImageRow[] {
  if (imageStatus !== 'ANY' && imageStatus !== 'ACTIVE') return [];
  return images.filter(({ tags }) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tags.length > 0);
}

function detailOf(image: ImageRow, place: { registryId: string; repositoryName: string }): ImageDetail {
  const manifest = parseManifest(image.manifest, image.mediaType);
  return {
    ...place,
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
    takes: ['registryId', 'repositoryName', 'imageIds', 'filter', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const place = placeOf(repository);
      if (input.imageIds && input.imageIds.length > 0) {
        if (input.maxResults !== undefined || input.nextToken !== undefined) {
          throw invalidParameter('imageIds', 'maxResults and nextToken cannot be used with imageIds');
        }
        const named = input.imageIds.map((id) => {
          const image = findImage(repository, id);
          if (!image) throw imageNotFound(id, place);
          return image;
        });
        const passing = new Set(filtered(repository, input.filter));
        return {
          imageDetails: named.filter((image) => passing.has(image)).map((image) => detailOf(image, place)),
        };
      }
      const { rows, next } = listed(filtered(repository, input.filter), input.maxResults, input.nextToken);
      return { imageDetails: rows.map((image) => detailOf(image, place)), nextToken: next };
    },
  },

  /** Returns one id per tag, and one per image without a tag. */
  ListImages: {
    takes: ['registryId', 'repositoryName', 'filter', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const ids = filtered(repository, input.filter).flatMap(({ digest: imageDigest, tags }) =>
        tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag })),
      );
      const { rows, next } = listed(ids, input.maxResults, input.nextToken);
      return { imageIds: rows, nextToken: next };
    },
  },

  /** The sandbox scans nothing, and answers as ECR does for an image that was never scanned. */
  DescribeImageScanFindings: {
    takes: ['registryId', 'repositoryName', 'imageId', 'maxResults', 'nextToken'],
    run(input, region) {
      const repository = requestedRepository(region, input);
      const place = placeOf(repository);
      const id = input.imageId ?? {};
      throw findImage(repository, id) ? scanNotFound(id, place) : imageNotFound(id, place);
    },
  },
} satisfies Operations<typeof ECR>;

/** Finds the images that have been built from the current source and pushed already. */
import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { isNotFound } from '../aws/errors.ts';
import type { Aws } from '../aws/clients.ts';
import { containersOf, withOnlyService } from '../config/config.ts';
import { waitForSiblings } from '../engine/concurrent.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { lookRepositories } from './repositories.ts';
import type { LookContext } from './context.ts';

export interface FoundImage extends Readonly<Ids['images']> {
  /** Images cannot have tags with keys and values: an image is ours if its repository is. */
  readonly tags: Tags;
}

/** Refers to an image by its digest, so that the reference always means the same image. */
export const imageUri = (repositoryUri: string, digest: string): string => `${repositoryUri}@${digest}`;

/** Only looks for images of the current source: the repository's lifecycle policy expires older ones. */
export async function lookImages(context: LookContext): Promise<Items<FoundImage>> {
  const { config, onlyService } = context;
  const builtConfig = onlyService === undefined ? config : withOnlyService(config, onlyService);
  const fromSource = containersOf(builtConfig).filter(({ image }) => 'source' in image);
  const found = await waitForSiblings(
    fromSource.map(async ({ key }) => [key, await lookImage(context, key)] as const),
  );
  return new Map(found.flatMap(([key, image]) => (image ? [[key, image] as const] : [])));
}

async function lookImage(context: LookContext, key: string): Promise<FoundImage | undefined> {
  const [build, repositories] = await Promise.all([context.builds.of(key), lookRepositories(context)]);
  const repository = repositories.get(key);
  if (!repository) return undefined;
  const { repositoryName, repositoryUri } = repository;
  const { tag } = build;
  const digest = await imageDigest(context.aws, repositoryName, tag);
  // Another image under our tag is not ours; the push will report it.
  if (digest === undefined || digest !== (build.digest ?? digest)) return undefined;
  return {
    imageUri: imageUri(repositoryUri, digest),
    tags: { [STACK_TAG]: context.names.stack },
  };
}

/**
 * Returns the digest of the image with a tag; undefined when no image has the tag.
 * Unlike BatchGetImage, DescribeImages does not count as a pull, and converts no manifest.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export async function imageDigest(
  aws: Pick<Aws, 'ecr'>,
  repositoryName: string,
  imageTag: string,
): Promise<string | undefined> {
  try {
    const { imageDetails } = await aws.ecr(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
    );
    return imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

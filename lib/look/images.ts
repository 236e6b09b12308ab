/** Finds out which of the images that the source folders make are in their repositories already. */
import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import { isNotFound } from '../aws-error.ts';
import { containersOf } from '../config/config.ts';
import type { Ids, Items } from '../resources.ts';
import { STACK_TAG, type Tags } from '../tags.ts';
import { lookRepositories } from './repositories.ts';
import type { See } from './see.ts';

export interface FoundImage extends Readonly<Ids['images']> {
  /** The tag that stands for the content. */
  readonly tag: string;
  readonly digest: string;
  /** Images have no tags of this kind: they are ours when their repository is. */
  readonly tags: Tags;
}

/** The reference that pins an image for good. */
export const imageUri = (repositoryUri: string, digest: string): string => `${repositoryUri}@${digest}`;

/** Only the image of the present source is looked for: older ones are the repository's own affair. */
export async function lookImages(see: See): Promise<Items<FoundImage>> {
  const built = containersOf(see.config).filter(({ image }) => 'source' in image);
  const found = await Promise.all(built.map(async ({ key }) => [key, await look(see, key)] as const));
  return new Map(found.flatMap(([key, image]) => (image ? [[key, image] as const] : [])));
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
async function look(see: See, key: string): Promise<FoundImage | undefined> {
  const [{ tag }, repositories] = await Promise.all([see.builds.of(key), lookRepositories(see)]);
  const repository = repositories.get(key);
  if (!repository) return undefined;
  const { repositoryName, repositoryUri } = repository;
  try {
    const { images = [] } = await see.aws.ecr(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    );
    const digest = images[0]?.imageId?.imageDigest;
    if (digest === undefined) return undefined;
    return { imageUri: imageUri(repositoryUri, digest), tag, digest, tags: { [STACK_TAG]: see.names.stack } };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

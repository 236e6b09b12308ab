/** Checks whether an image in Amazon ECR exists, and for which platform it is. */
import { BatchGetImageCommand, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import type { Aws } from '../aws/clients.ts';
import { codeOf, messageOf } from '../aws/errors.ts';
import { checkPlatform, MANIFEST_TYPES, type ImageCheck, type ImageReference } from './reference.ts';

/** The account and the region of a registry of ECR. */
export interface EcrRegistry {
  readonly registryId: string;
  readonly region: string;
}

/** Returns the account and the region in the host of a registry of ECR; undefined for any other host. */
export function ecrRegistryOf(host: string): EcrRegistry | undefined {
  const [, registryId, region] =
    /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.[\w.]+(?::\d+)?$/.exec(host) ?? [];
  return registryId !== undefined && region !== undefined ? { registryId, region } : undefined;
}

const MISSING = new Set([
  'ImageNotFound',
  'ImageTagDoesNotMatchDigest',
  'InvalidImageDigest',
  'InvalidImageTag',
]);

/**
 * Checks an image of the account itself or, if its owner permits it, of another account.
 * @param isOwn whether the registry is that of the run's account
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
 */
export async function checkInEcr(
  aws: Pick<Aws, 'ecr'>,
  { repository: repositoryName, version }: ImageReference,
  { registryId, isOwn }: { readonly registryId: string; readonly isOwn: boolean },
  architecture: string,
): Promise<ImageCheck> {
  try {
    const imageId = 'tag' in version ? { imageTag: version.tag } : { imageDigest: version.digest };
    const { images = [], failures = [] } = await aws.ecr(
      new BatchGetImageCommand({
        registryId,
        repositoryName,
        imageIds: [imageId],
        acceptedMediaTypes: MANIFEST_TYPES,
      }),
    );
    const [failure] = failures;
    if (failure && MISSING.has(failure.failureCode ?? '')) {
      const name = 'tag' in version ? `tag ${version.tag}` : `digest ${version.digest}`;
      return { state: 'missing', why: `The repository ${repositoryName} has no ${name}.` };
    }
    const manifest = images[0]?.imageManifest;
    if (manifest === undefined)
      return { state: 'unknown', why: failure?.failureReason ?? 'ECR returns no manifest' };
    const readConfig = async (layerDigest: string) => {
      const { downloadUrl = '' } = await aws.ecr(
        new GetDownloadUrlForLayerCommand({ registryId, repositoryName, layerDigest }),
      );
      return (await fetch(downloadUrl)).text();
    };
    return await checkPlatform(manifest, readConfig, architecture);
  } catch (error) {
    // A repository of another account may be hidden from this one.
    if (codeOf(error) === 'RepositoryNotFound' && isOwn)
      return { state: 'missing', why: `The repository ${repositoryName} does not exist.` };
    return { state: 'unknown', why: messageOf(error) };
  }
}

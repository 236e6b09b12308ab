/** Pins the images of an earlier revision by digest, and checks that they still exist. */
import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import type { HistoryEntry } from '../history/entries.ts';
import type { Aws } from '../lib/aws/clients.ts';
import { isAccessDenied, isNotFound } from '../lib/aws/errors.ts';
import { repositoryArnOf } from '../lib/derive/arns.ts';
import { rollbackRefused } from './choose.ts';

/** The references of a revision's images, under the names of their containers. */
export type PinnedImages = ReadonlyMap<string, string>;

/**
 * Returns the images of a revision, each with its digest. A tag may name another image by now, so ECS's record of the deployment
 * supplies the digest.
 * @param entries the history of the service
 * @throws ROLLBACK_REFUSED if the digest of an image is not known
 */
export function pinnedImages(
  service: string,
  revision: number,
  entries: readonly HistoryEntry[],
): PinnedImages {
  const deployments = entries.filter((entry) => entry.revision === revision);
  const pinned = new Map<string, string>();
  for (const { container, reference } of deployments[0]?.images ?? []) {
    const digest = deployments
      .flatMap(({ images }) => images)
      .find((image) => image.container === container && image.digest !== undefined)?.digest;
    if (digest === undefined) throw digestUnknown(service, revision, container, reference);
    pinned.set(container, `${repositoryOf(reference)}@${digest}`);
  }
  return pinned;
}

/** Returns a reference without its tag and its digest. The host of a registry may have a port. */
const repositoryOf = (reference: string): string =>
  (reference.split('@')[0] ?? '').replace(/:[\w][\w.-]*$/, '');

/**
 * Checks that the images in ECR still exist. Images in other registries, in other regions, and in repositories that the caller
 * may not read are left to the deployment.
 * @throws ROLLBACK_REFUSED if an image is gone
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export async function checkImages(
  aws: Pick<Aws, 'ecr'>,
  service: string,
  revision: number,
  images: PinnedImages,
  region: string,
): Promise<void> {
  const missing = await Promise.all(
    [...images].map(async ([container, reference]) =>
      (await isGone(aws, reference, region)) ? [`${container}: ${reference}`] : [],
    ),
  );
  const gone = missing.flat();
  if (gone.length === 0) return;
  throw rollbackRefused(
    gone.length === 1
      ? `An image of revision ${revision} of ${service} is gone.`
      : `${gone.length} images of revision ${revision} of ${service} are gone.`,
    gone.join('\n'),
    `npm run history -- ${service}, to choose another revision`,
    'or restore the source of that revision, and then npm run provision',
  );
}

async function isGone({ ecr }: Pick<Aws, 'ecr'>, reference: string, region: string): Promise<boolean> {
  const [, imageRegion, registryId, repositoryName] =
    /^arn:[\w-]+:ecr:([\w-]+):(\d+):repository\/(.+)$/.exec(repositoryArnOf(reference) ?? '') ?? [];
  if (repositoryName === undefined || imageRegion !== region) return false;
  const imageDigest = reference.split('@')[1];
  try {
    const { imageDetails = [] } = await ecr(
      new DescribeImagesCommand({ registryId, repositoryName, imageIds: [{ imageDigest }] }),
    );
    return imageDetails.length === 0;
  } catch (error) {
    if (isNotFound(error)) return true;
    if (isAccessDenied(error)) return false;
    throw error;
  }
}

const digestUnknown = (service: string, revision: number, container: string, reference: string) =>
  rollbackRefused(
    `The image of ${container} in revision ${revision} of ${service} is not known by its digest.`,
    `The revision names ${reference}, whose tag may mean another image by now. ECS records the digests of a deployment for 90 days.`,
    'Set the image in slipway.config.ts, and then npm run provision',
    `or npm run history -- ${service}, to choose another revision`,
  );

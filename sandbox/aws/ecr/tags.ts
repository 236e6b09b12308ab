/** Tags of repositories. Calls name the repository by its ARN. */
import type * as ECR from '@aws-sdk/client-ecr';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { CAPITALISED, tagging, tagOperationsByArn } from '../tagging.ts';
import { requestedRepository } from './checks.ts';
import { invalidParameter } from './errors.ts';
import type { RepositoryRow } from './store.ts';

const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tagging of ECR. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
const ecrTagging = tagging({
  notation: CAPITALISED,
  check(key, value) {
    const hasValidLength = key.length >= 1 && key.length <= 128 && value.length <= 256;
    if (hasValidLength && TAG_CHARACTERS.test(key) && TAG_CHARACTERS.test(value) && !key.startsWith('aws:'))
      return;
    throw refusal('InvalidTagParameterException', `The tag with the key '${key}' is not valid`);
  },
  tooMany: (max) => refusal('TooManyTagsException', `A repository can have no more than ${max} tags`),
});

/** Returns the tags after an upsert. @throws InvalidTagParameterException, TooManyTagsException */
export const mergeTags = ecrTagging.merged;

/** @throws InvalidParameterException for anything but a repository's ARN; RepositoryNotFoundException */
function repositoryByArn(region: Region, arn: string | undefined): RepositoryRow {
  const parts = /^arn:([\w-]+):ecr:([\w-]+):(\d{12}):repository\/(.+)$/.exec(arn ?? '');
  const [, partition, regionName, registryId, repositoryName] = parts ?? [];
  if (partition !== region.partition.id || regionName !== region.name)
    throw invalidParameter('resourceArn', 'Invalid ARN');
  return requestedRepository(region, { registryId, repositoryName });
}

export const tagOperations = tagOperationsByArn(ecrTagging, repositoryByArn) satisfies Operations<typeof ECR>;

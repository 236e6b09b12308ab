/** Fetches the tags of load balancers, target groups, listeners and rules: 20 ARNs per call. */
import { DescribeTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { batchesOf } from '../aws/batches.ts';
import type { Aws } from '../aws/clients.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { ifFound } from './if-found.ts';

const BATCH_SIZE = 20;

/**
 * Fetches the tags of each ARN. Resources without tags are included; resources that no longer exist are left out.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
 */
export async function elbTags(aws: Aws, arns: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const responses = await Promise.all(batchesOf(arns, BATCH_SIZE).map((batch) => describe(aws, batch)));
  return new Map(responses.flat());
}

/** Fetches the tags of one batch. If one of its ARNs no longer exists, the call fails, and the tags of each ARN are fetched separately. */
async function describe(aws: Aws, arns: string[]): Promise<[string, Tags][]> {
  const response = await ifFound(() => aws.elbv2(new DescribeTagsCommand({ ResourceArns: arns })));
  if (response) {
    const described = new Map(response.TagDescriptions?.map(({ ResourceArn, Tags }) => [ResourceArn, Tags]));
    return arns.map((arn) => [arn, readTags(described.get(arn))]);
  }
  if (arns.length === 1) return [];
  return (await Promise.all(arns.map((arn) => describe(aws, [arn])))).flat();
}

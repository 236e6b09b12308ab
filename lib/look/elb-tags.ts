/** The tags of load balancers, target groups, listeners and rules: 20 ARNs a call, shared by all who ask. */
import { DescribeTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isNotFound } from '../aws-error.ts';
import type { Aws } from '../clients.ts';
import { readTags, type Tags } from '../tags.ts';

const BATCH = 20;

/**
 * The tags by ARN. What is gone by now has none.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
 */
export async function elbTags(aws: Aws, arns: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const batches = Array.from({ length: Math.ceil(arns.length / BATCH) }, (_, index) =>
    arns.slice(index * BATCH, (index + 1) * BATCH),
  );
  const answers = await Promise.all(batches.map((batch) => describe(aws, batch)));
  return new Map(answers.flat());
}

/** One ARN that is gone fails the whole call: then each is asked for by itself. */
async function describe(aws: Aws, ResourceArns: string[]): Promise<[string, Tags][]> {
  try {
    const { TagDescriptions = [] } = await aws.elbv2(new DescribeTagsCommand({ ResourceArns }));
    return TagDescriptions.map(({ ResourceArn = '', Tags }) => [ResourceArn, readTags(Tags)]);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (ResourceArns.length === 1) return [];
    return (await Promise.all(ResourceArns.map((arn) => describe(aws, [arn])))).flat();
  }
}

/** The tags of load balancers, target groups, listeners and rules: 20 ARNs a call. */
import { DescribeTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { batchesOf } from '../aws/batches.ts';
import type { Aws } from '../aws/clients.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { ifFound } from './if-found.ts';

const BATCH = 20;

/**
 * The tags by ARN. What is gone by now is not among them; what has no tags is.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
 */
export async function elbTags(aws: Aws, arns: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const answers = await Promise.all(batchesOf(arns, BATCH).map((batch) => describe(aws, batch)));
  return new Map(answers.flat());
}

/** One ARN that is gone fails the whole call: then each is asked for by itself. */
async function describe(aws: Aws, arns: string[]): Promise<[string, Tags][]> {
  const answer = await ifFound(() => aws.elbv2(new DescribeTagsCommand({ ResourceArns: arns })));
  if (answer) {
    const described = new Map(answer.TagDescriptions?.map(({ ResourceArn, Tags }) => [ResourceArn, Tags]));
    return arns.map((arn) => [arn, readTags(described.get(arn))]);
  }
  if (arns.length === 1) return [];
  return (await Promise.all(arns.map((arn) => describe(aws, [arn])))).flat();
}

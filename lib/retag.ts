/** Brings the tags of an EC2 thing to what they should be. */
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import type { Aws } from './clients.ts';
import { touches, type Change } from './change.ts';
import { upper, type Tags } from './tags.ts';

/**
 * Puts our tags back on a thing whose change says that they differ; a new thing got its tags in its create call.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 */
export async function retag(
  { aws, change, tags }: { readonly aws: Aws; readonly change: Change; readonly tags: Tags },
  id: string,
): Promise<void> {
  if (change.verb !== 'update' || !touches(change, 'tag.')) return;
  await aws.ec2(new CreateTagsCommand({ Resources: [id], Tags: upper(tags) }));
}

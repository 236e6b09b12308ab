/** Removes the bucket for access logs with everything in it, after the load balancer that writes into it. */
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound, throwingRefusals } from '../../lib/engine/delete.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';

export const logBucket: Removal<'logBucket'> = {
  /** AWS delivers the last logs minutes after the load balancer is deleted, so the bucket may fill again. */
  remove: (context) =>
    context.until('the bucket to be empty', 'bucketEmpty', async () => {
      try {
        await ignoringNotFound(() => removeWithContents(context));
        return ready(undefined);
      } catch (error) {
        if (isCode(error, 'BucketNotEmpty')) return pending('new logs arrived');
        throw error;
      }
    }),
};

/**
 * Deletes all objects, with their older versions, and then the bucket.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
 */
async function removeWithContents({ aws, existing }: RemoveContext<'logBucket'>): Promise<void> {
  const Bucket = existing.bucketName;
  for (;;) {
    // The first page is listed again and again, since the listed objects are deleted in between.
    const { Versions = [], DeleteMarkers = [] } = await aws.s3(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    await throwingRefusals(async () => {
      const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
      const { Errors = [] } = await aws.s3(command);
      return Errors.map(({ Code, Message }) => ({ code: Code, message: Message }));
    });
  }
  await aws.s3(new DeleteBucketCommand({ Bucket }));
}

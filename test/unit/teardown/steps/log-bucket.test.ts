// The removal of the bucket for access logs: the calls that it makes in each case.
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { logBucket } from '../../../../teardown/steps/log-bucket.ts';
import { awsError, mocks, ourTags, removeContextOf, sentCalls } from '../../step-harness.ts';

const Bucket = 'shop-dev-logs-111122223333-eu-west-1';
const item = { bucketName: Bucket, isPrivate: true, tags: ourTags('logBucket') };
const remove = () => logBucket.remove(removeContextOf({ noun: 'logBucket' }, item));
const commands = () => sentCalls().map(({ command }) => command);

test('removes what is ours: first all versions and delete markers, page by page, then the bucket', async () => {
  mocks.s3
    .on(ListObjectVersionsCommand)
    .resolvesOnce({ Versions: [{ Key: 'a', VersionId: '1' }], DeleteMarkers: [{ Key: 'a', VersionId: '2' }] })
    .resolvesOnce({ Versions: [{ Key: 'b', VersionId: 'null' }] })
    .resolves({});
  mocks.s3.on(DeleteObjectsCommand).resolves({});
  mocks.s3.on(DeleteBucketCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(commands()).toEqual([
    ...['ListObjectVersions', 'DeleteObjects', 'ListObjectVersions', 'DeleteObjects'],
    ...['ListObjectVersions', 'DeleteBucket'],
  ]);
  expect(sentCalls()[1]?.input).toEqual({
    Bucket,
    Delete: {
      Objects: [
        { Key: 'a', VersionId: '1' },
        { Key: 'a', VersionId: '2' },
      ],
      Quiet: true,
    },
  });
});

test('removes what is ours: logs that arrive in the meantime are deleted, too', async () => {
  mocks.s3
    .on(ListObjectVersionsCommand)
    .resolvesOnce({})
    .resolvesOnce({ Versions: [{ Key: 'late', VersionId: 'null' }] })
    .resolves({});
  mocks.s3.on(DeleteObjectsCommand).resolves({});
  mocks.s3.on(DeleteBucketCommand).rejectsOnce(awsError('BucketNotEmpty')).resolves({});
  expect(await remove()).toBeUndefined();
  expect(commands().filter((command) => command === 'DeleteBucket')).toHaveLength(2);
});

test('counts a missing resource as removed', async () => {
  mocks.s3.on(ListObjectVersionsCommand).rejects(awsError('NoSuchBucket'));
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.s3.on(ListObjectVersionsCommand).resolves({ Versions: [{ Key: 'a', VersionId: '1' }] });
  mocks.s3
    .on(DeleteObjectsCommand)
    .resolves({ Errors: [{ Key: 'a', Code: 'AccessDenied', Message: 'not allowed' }] });
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
});

/** Looks at a bucket of the user that the configuration names for access logs. It is only read. */
import { GetBucketEncryptionCommand, GetBucketPolicyCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { isAccessDenied, isCode, isUnimplemented, messageOf } from '../aws/errors.ts';
import type { LookContext } from './context.ts';

/** A bucket of the user. */
export type FoundBucket =
  | {
      readonly state: 'found';
      /** The policy as JSON; empty for a bucket without a policy, undefined if the caller may not read it. */
      readonly policy: string | undefined;
      /** The algorithm of the encryption by default, if the caller may read it. */
      readonly encryption: string | undefined;
    }
  | { readonly state: 'missing' }
  | { readonly state: 'in another region'; readonly region: string }
  | { readonly state: 'unknown'; readonly why: string };

/** The members of an error about a request for the head of a bucket, whose response has no body. */
interface HeadError {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

/**
 * @param bucket the name of the bucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export async function lookLogDestination(
  { aws, config: { region } }: LookContext,
  bucket: string,
): Promise<FoundBucket> {
  const input = { Bucket: bucket };
  try {
    const { BucketRegion = region } = await aws.s3(new HeadBucketCommand(input));
    if (BucketRegion !== region) return { state: 'in another region', region: BucketRegion };
  } catch (error) {
    const { $metadata, $response } = error as HeadError;
    const bucketRegion = $response?.headers?.['x-amz-bucket-region'];
    if (bucketRegion !== undefined && bucketRegion !== region)
      return { state: 'in another region', region: bucketRegion };
    if ($metadata?.httpStatusCode === 404) return { state: 'missing' };
    if ($metadata?.httpStatusCode === 403)
      return {
        state: 'unknown',
        why: 'AWS denies access to it: it belongs to another account, or the permission s3:ListBucket is missing',
      };
    if (isUnimplemented(error)) return { state: 'unknown', why: messageOf(error) };
    throw error;
  }
  const [policy, encryption] = await Promise.all([
    readable('NoSuchBucketPolicy', '', async () => (await aws.s3(new GetBucketPolicyCommand(input))).Policy),
    readable('ServerSideEncryptionConfigurationNotFoundError', undefined, async () => {
      const { ServerSideEncryptionConfiguration } = await aws.s3(new GetBucketEncryptionCommand(input));
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
    }),
  ]);
  return { state: 'found', policy, encryption };
}

/** Reads a setting: `absent` if the bucket lacks it, undefined if the caller may not read it. */
async function readable<T>(
  code: string,
  absent: T,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isCode(error, code)) return absent;
    if (isAccessDenied(error)) return undefined;
    throw error;
  }
}

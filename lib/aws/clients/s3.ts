/** S3's client, loaded with its first call. */
export { S3Client } from '@aws-sdk/client-s3';

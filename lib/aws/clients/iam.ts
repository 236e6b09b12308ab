/** IAM's client, loaded with its first call. */
export { IAMClient } from '@aws-sdk/client-iam';

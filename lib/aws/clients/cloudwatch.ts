/** CloudWatch's client, loaded with its first call. */
export { CloudWatchClient } from '@aws-sdk/client-cloudwatch';

/** STS's client, loaded with its first call. */
export { STSClient } from '@aws-sdk/client-sts';

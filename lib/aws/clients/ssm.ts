/** Parameter Store's client, loaded with its first call. */
export { SSMClient } from '@aws-sdk/client-ssm';

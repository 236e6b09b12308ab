/** ECR's client, loaded with its first call. */
export { ECRClient } from '@aws-sdk/client-ecr';

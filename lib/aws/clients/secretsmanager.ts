/** Secrets Manager's client, loaded with its first call. */
export { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Service Quotas' client, loaded with its first call. */
export { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';

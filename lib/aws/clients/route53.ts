/** Route 53's client, loaded with its first call. */
export { Route53Client } from '@aws-sdk/client-route-53';

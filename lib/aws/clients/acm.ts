/** ACM's client, in a module of its own so that only runs that need it load it. */
export { ACMClient } from '@aws-sdk/client-acm';

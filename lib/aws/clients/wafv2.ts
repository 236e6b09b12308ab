/** WAF's client, loaded with its first call. */
export { WAFV2Client } from '@aws-sdk/client-wafv2';

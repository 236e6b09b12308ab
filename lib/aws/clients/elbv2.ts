/** Elastic Load Balancing's client, loaded with its first call. */
export { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';

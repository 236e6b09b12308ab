/** For unit tests of steps: existing resources of other nouns, of which a step reads only the ids. */
import type { Found } from '../../lib/look/found.ts';
import type { Ids, Noun } from '../../lib/model/architecture.ts';

/** The fields that the diff of the load balancer reads. */
const UNTOUCHED = { state: 'active', subnetIds: [], securityGroupIds: [], attributes: {}, tags: {} };

const other = <N extends Noun>(_name: N, items: Record<string, Ids[N]>) =>
  items as unknown as Record<string, Found[N]>;

/** Existing resources, for use both as found resources and as ids. */
export const existing = {
  vpc: other('vpc', { '': { vpcId: 'vpc-1' } }),
  subnets: other('subnets', {
    'public-1': { subnetId: 'subnet-a', zone: 'eu-west-1a' },
    'public-2': { subnetId: 'subnet-b', zone: 'eu-west-1b' },
    'private-1': { subnetId: 'subnet-c', zone: 'eu-west-1a' },
    'private-2': { subnetId: 'subnet-d', zone: 'eu-west-1b' },
  }),
  securityGroups: other('securityGroups', {
    balancer: { groupId: 'sg-balancer' },
    web: { groupId: 'sg-web' },
  }),
  loadBalancer: other('loadBalancer', {
    '': {
      loadBalancerArn: 'arn:balancer',
      dnsName: 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com',
      hostedZoneId: 'ZBALANCER',
      ...UNTOUCHED,
    },
  }),
  targetGroups: other('targetGroups', {
    'web-api1': { targetGroupArn: 'arn:group-1' },
    'web-api2': { targetGroupArn: 'arn:group-2' },
  }),
  listener: other('listener', { '': { listenerArn: 'arn:listener' } }),
  cluster: other('cluster', { '': { clusterArn: 'arn:cluster' } }),
  images: other('images', {
    'web-api1': { imageUri: 'registry/shop-dev/web-api1@sha256:1' },
    'web-api2': { imageUri: 'registry/shop-dev/web-api2@sha256:2' },
  }),
  hostedZone: other('hostedZone', { '': { hostedZoneId: 'ZONE1' } }),
};

/** For unit tests of steps: the existing resources that a step refers to. Most of them have no fields except ids. */
import type { Found } from '../../lib/look/found.ts';
import type { Ids, Noun } from '../../lib/model/architecture.ts';

/** The fields of a load balancer that its diff reads. */
const LOAD_BALANCER_FIELDS = {
  state: 'active',
  subnetIds: [],
  securityGroupIds: [],
  attributes: {},
  tags: {},
};

/** The tags of a resource whose tags do not matter. */
const NO_TAGS = { tags: {} };

const itemsOf = <N extends Noun>(_noun: N, items: Record<string, Ids[N]>) =>
  items as unknown as Record<string, Found[N]>;

/** The existing resources, each by its key. Tests use them both as found resources and as ids. */
export const existing = {
  vpc: itemsOf('vpc', { '': { vpcId: 'vpc-1' } }),
  subnets: itemsOf('subnets', {
    'public-1': { subnetId: 'subnet-a', zone: 'eu-west-1a' },
    'public-2': { subnetId: 'subnet-b', zone: 'eu-west-1b' },
    'private-1': { subnetId: 'subnet-c', zone: 'eu-west-1a' },
    'private-2': { subnetId: 'subnet-d', zone: 'eu-west-1b' },
  }),
  securityGroups: itemsOf('securityGroups', {
    balancer: { groupId: 'sg-balancer' },
    web: { groupId: 'sg-web' },
  }),
  loadBalancer: itemsOf('loadBalancer', {
    '': {
      loadBalancerArn: 'arn:balancer',
      dnsName: 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com',
      hostedZoneId: 'ZBALANCER',
      ...LOAD_BALANCER_FIELDS,
    },
  }),
  targetGroups: itemsOf('targetGroups', {
    'web-api1': { targetGroupArn: 'arn:group-1', ...NO_TAGS },
    'web-api2': { targetGroupArn: 'arn:group-2', ...NO_TAGS },
  }),
  listener: itemsOf('listener', { '': { listenerArn: 'arn:listener' } }),
  cluster: itemsOf('cluster', { '': { clusterArn: 'arn:cluster' } }),
  images: itemsOf('images', {
    'web-api1': { imageUri: 'registry/shop-dev/web-api1@sha256:1' },
    'web-api2': { imageUri: 'registry/shop-dev/web-api2@sha256:2' },
  }),
  hostedZone: itemsOf('hostedZone', { '': { hostedZoneId: 'ZONE1' } }),
};

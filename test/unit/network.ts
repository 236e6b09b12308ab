/** A complete network as the survey finds it; tests change the part that they are about. */
import { ONLY } from '../../lib/model/resources.ts';
import { ourTags } from './step-harness.ts';

const subnet = (key: string, subnetId: string, cidr: string, zone: string) => ({
  subnetId,
  vpcId: 'vpc-1',
  cidr,
  zone,
  mapPublicIp: false,
  tags: ourTags('subnets', key),
});

const associationsOf = (...subnetIds: string[]): Record<string, string> =>
  Object.fromEntries(subnetIds.map((id) => [id, `rtbassoc-${id}`]));

const privateTable = (key: string, routeTableId: string, subnetId: string) => ({
  routeTableId,
  vpcId: 'vpc-1',
  defaultTarget: 'nat-1',
  blackhole: false,
  associations: associationsOf(subnetId),
  tags: ourTags('privateRoutes', key),
});

/** Every resource of the network, as the shared test configuration describes it. */
export const network = () => ({
  vpc: {
    [ONLY]: {
      vpcId: 'vpc-1',
      cidr: '10.0.0.0/16',
      dnsSupport: true,
      dnsHostnames: true,
      defaultGroup: { groupId: 'sg-default', ingress: [], egress: [] },
      tags: ourTags('vpc'),
    },
  },
  subnets: {
    'public-1': subnet('public-1', 'subnet-a', '10.0.0.0/20', 'eu-west-1a'),
    'public-2': subnet('public-2', 'subnet-b', '10.0.16.0/20', 'eu-west-1b'),
    'private-1': subnet('private-1', 'subnet-c', '10.0.128.0/20', 'eu-west-1a'),
    'private-2': subnet('private-2', 'subnet-d', '10.0.144.0/20', 'eu-west-1b'),
  },
  internetGateway: {
    [ONLY]: { internetGatewayId: 'igw-1', attachedTo: 'vpc-1', tags: ourTags('internetGateway') },
  },
  publicRoutes: {
    [ONLY]: {
      routeTableId: 'rtb-1',
      vpcId: 'vpc-1',
      defaultTarget: 'igw-1' as string | undefined,
      blackhole: false,
      associations: associationsOf('subnet-a', 'subnet-b'),
      tags: ourTags('publicRoutes'),
    },
  },
  elasticIp: {
    [ONLY]: { allocationId: 'eipalloc-1', tags: ourTags('elasticIp') },
  },
  natGateway: {
    [ONLY]: {
      natGatewayId: 'nat-1',
      state: 'available',
      failure: undefined,
      subnetId: 'subnet-a',
      allocationId: 'eipalloc-1',
      networkInterfaceIds: ['eni-1'],
      tags: ourTags('natGateway'),
    },
  },
  privateRoutes: {
    'private-1': privateTable('private-1', 'rtb-2', 'subnet-c'),
    'private-2': privateTable('private-2', 'rtb-3', 'subnet-d'),
  },
  gatewayEndpoint: {
    [ONLY]: {
      vpcEndpointId: 'vpce-1',
      vpcId: 'vpc-1',
      service: 'com.amazonaws.eu-west-1.s3',
      routeTableIds: ['rtb-2', 'rtb-3'],
      tags: ourTags('gatewayEndpoint'),
    },
  },
});

/** The network without some kinds of resources. */
export function networkWithout(...nouns: (keyof ReturnType<typeof network>)[]) {
  const all: Partial<ReturnType<typeof network>> = network();
  for (const noun of nouns) delete all[noun];
  return all;
}

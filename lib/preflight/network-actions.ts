/** The permissions that creating the network takes. Pure. */
import type { Location } from '../derive/arns.ts';
import type { Names } from '../derive/names.ts';
import { partitionOf } from '../derive/partitions.ts';
import type { Desired } from '../look/context.ts';

/** The id of a resource of EC2 that does not exist yet. */
const NO_ID = '0123456789abcdef0';

/** The facts that the actions of a change follow from. */
export interface Place {
  readonly desired: Desired;
  readonly key: string;
  readonly location: Location;
  readonly names: Names;
}

/** The actions on a resource. An action without a service has that of the one before it. */
export type Actions = readonly [
  resource: string,
  actions: string,
  context?: Readonly<Record<string, string>>,
];

/** Returns the ARN of a resource of EC2. */
const ec2 = ({ location: { region, account } }: Place, kind: string, prefix: string): string =>
  `arn:${partitionOf(region).id}:ec2:${region}:${account}:${kind}/${prefix}-${NO_ID}`;
const vpcArn = (place: Place) => ec2(place, 'vpc', 'vpc');
const subnetArn = (place: Place) => ec2(place, 'subnet', 'subnet');
const tableArn = (place: Place) => ec2(place, 'route-table', 'rtb');
const gatewayArn = (place: Place) => ec2(place, 'internet-gateway', 'igw');
const addressArn = (place: Place) => ec2(place, 'elastic-ip', 'eipalloc');
const groupArn = (place: Place) => ec2(place, 'security-group', 'sg');

const routeTable = (place: Place): Actions[] => [
  [tableArn(place), 'ec2:CreateRouteTable CreateTags CreateRoute AssociateRouteTable'],
  [vpcArn(place), 'ec2:CreateRouteTable'],
  [subnetArn(place), 'ec2:AssociateRouteTable'],
];

/** The actions for the nouns of the network. */
export const networkActions = {
  vpc: (place) => [
    [vpcArn(place), 'ec2:CreateVpc CreateTags ModifyVpcAttribute'],
    [groupArn(place), 'ec2:RevokeSecurityGroupIngress RevokeSecurityGroupEgress'],
  ],
  internetGateway: (place) => [
    [gatewayArn(place), 'ec2:CreateInternetGateway CreateTags AttachInternetGateway'],
    [vpcArn(place), 'ec2:AttachInternetGateway'],
  ],
  flowLog: (place) => [
    [ec2(place, 'vpc-flow-log', 'fl'), 'ec2:CreateFlowLogs CreateTags'],
    [vpcArn(place), 'ec2:CreateFlowLogs'],
  ],
  subnets: (place) => [
    [
      subnetArn(place),
      `ec2:CreateSubnet CreateTags${place.desired.config.ipv6 ? ' AssociateSubnetCidrBlock' : ''}`,
    ],
    [vpcArn(place), 'ec2:CreateSubnet'],
  ],
  securityGroups: (place) => [
    [
      groupArn(place),
      'ec2:CreateSecurityGroup CreateTags AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress',
    ],
    [vpcArn(place), 'ec2:CreateSecurityGroup'],
  ],
  publicRoutes: routeTable,
  elasticIp: (place) => [[addressArn(place), 'ec2:AllocateAddress CreateTags']],
  natGateway: (place) => [
    [ec2(place, 'natgateway', 'nat'), 'ec2:CreateNatGateway CreateTags'],
    [subnetArn(place), 'ec2:CreateNatGateway'],
    [addressArn(place), 'ec2:CreateNatGateway'],
  ],
  privateRoutes: routeTable,
  gatewayEndpoint: (place) => [
    [ec2(place, 'vpc-endpoint', 'vpce'), 'ec2:CreateVpcEndpoint CreateTags'],
    [vpcArn(place), 'ec2:CreateVpcEndpoint'],
    [tableArn(place), 'ec2:CreateVpcEndpoint'],
  ],
} satisfies Readonly<Record<string, (place: Place) => Actions[]>>;

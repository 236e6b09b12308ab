/** Lists of the kinds of resources that the sandbox cannot create. The lists are empty, and every id is unknown. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { rowOf } from '../finder.ts';
import { checkIdForm } from './errors.ts';

/** The ids that a list accepts, all of which are unknown. */
interface UnknownIds<Member> {
  /** The input member that contains the ids. */
  readonly member: Member;
  /** The kind in the words of AWS's refusal. */
  readonly kind: string;
  /** The code of the refusal of an unknown id. */
  readonly notFound: string;
  /** The prefix of the ids, and the code of the refusal of a malformed id, if AWS has such a code. */
  readonly malformed?: readonly [prefix: string, code: string];
}

/** Refuses the ids of a request, because no such resource exists. */
function refuseIds(ids: unknown, { kind, notFound, malformed }: UnknownIds<string>): void {
  if (!Array.isArray(ids) || ids.length === 0) return;
  for (const id of ids) if (malformed) checkIdForm(malformed[0], String(id), malformed[1]);
  throw refusal(notFound, `The ${kind} '${String(ids[0])}' does not exist`);
}

/** Makes an operation whose output is an empty list in the given member. Filters match nothing. */
const emptyList = <Output extends string, Input extends string, Id extends string = never>(
  output: Output,
  inputMembers: readonly Input[],
  ids?: UnknownIds<Id>,
) => ({
  inputMembers: ids ? [...inputMembers, ids.member] : inputMembers,
  run(input: object): Record<Output, never[]> {
    if (ids) refuseIds((input as Record<string, unknown>)[ids.member], ids);
    return { [output]: [] as never[] } as Record<Output, never[]>;
  },
});

/** The input members that most lists have in common. */
const PAGE = ['Filters', 'MaxResults', 'NextToken'] as const;

const INSTANCE_IDS = {
  member: 'InstanceIds',
  kind: 'instance ID',
  notFound: 'InvalidInstanceID.NotFound',
  malformed: ['i', 'InvalidInstanceID.Malformed'],
} as const;
const ATTACHMENT_IDS = {
  member: 'TransitGatewayAttachmentIds',
  kind: 'transitGatewayAttachment ID',
  notFound: 'InvalidTransitGatewayAttachmentID.NotFound',
} as const;

const instanceLists = {
  DescribeInstances: emptyList('Reservations', PAGE, INSTANCE_IDS),
  DescribeInstanceStatus: emptyList('InstanceStatuses', [...PAGE, 'IncludeAllInstances'], INSTANCE_IDS),
  DescribeVolumes: emptyList('Volumes', PAGE, {
    member: 'VolumeIds',
    kind: 'volume',
    notFound: 'InvalidVolume.NotFound',
    malformed: ['vol', 'InvalidVolumeID.Malformed'],
  }),
  DescribeKeyPairs: emptyList('KeyPairs', ['Filters', 'IncludePublicKey'], {
    member: 'KeyNames',
    kind: 'key pair',
    notFound: 'InvalidKeyPair.NotFound',
  }),
  DescribeLaunchTemplates: emptyList('LaunchTemplates', PAGE, {
    member: 'LaunchTemplateIds',
    kind: 'launch template ID',
    notFound: 'InvalidLaunchTemplateId.NotFound',
    malformed: ['lt', 'InvalidLaunchTemplateId.Malformed'],
  }),
  DescribeSpotInstanceRequests: emptyList('SpotInstanceRequests', PAGE, {
    member: 'SpotInstanceRequestIds',
    kind: 'spot instance request ID',
    notFound: 'InvalidSpotInstanceRequestID.NotFound',
    malformed: ['sir', 'InvalidSpotInstanceRequestID.Malformed'],
  }),
  DescribeReservedInstances: emptyList('ReservedInstances', ['Filters']),
  DescribePlacementGroups: emptyList('PlacementGroups', ['Filters'], {
    member: 'GroupNames',
    kind: 'Placement Group',
    notFound: 'InvalidPlacementGroup.Unknown',
  }),
  DescribeIamInstanceProfileAssociations: emptyList('IamInstanceProfileAssociations', PAGE),
};

const networkLists = {
  DescribeVpcPeeringConnections: emptyList('VpcPeeringConnections', PAGE, {
    member: 'VpcPeeringConnectionIds',
    kind: 'vpcPeeringConnection ID',
    notFound: 'InvalidVpcPeeringConnectionID.NotFound',
    malformed: ['pcx', 'InvalidVpcPeeringConnectionId.Malformed'],
  }),
  DescribeEgressOnlyInternetGateways: emptyList('EgressOnlyInternetGateways', PAGE, {
    member: 'EgressOnlyInternetGatewayIds',
    kind: 'egressOnlyInternetGateway ID',
    notFound: 'InvalidGatewayID.NotFound',
  }),
  DescribeCarrierGateways: emptyList('CarrierGateways', PAGE),
  DescribeCustomerGateways: emptyList('CustomerGateways', ['Filters'], {
    member: 'CustomerGatewayIds',
    kind: 'customerGateway ID',
    notFound: 'InvalidCustomerGatewayID.NotFound',
    malformed: ['cgw', 'InvalidCustomerGatewayId.Malformed'],
  }),
  DescribeVpnGateways: emptyList('VpnGateways', ['Filters'], {
    member: 'VpnGatewayIds',
    kind: 'vpnGateway ID',
    notFound: 'InvalidVpnGatewayID.NotFound',
  }),
  DescribeVpnConnections: emptyList('VpnConnections', ['Filters'], {
    member: 'VpnConnectionIds',
    kind: 'vpnConnection ID',
    notFound: 'InvalidVpnConnectionID.NotFound',
  }),
  DescribeClientVpnEndpoints: emptyList('ClientVpnEndpoints', PAGE),
  DescribeTransitGateways: emptyList('TransitGateways', PAGE, {
    member: 'TransitGatewayIds',
    kind: 'transitGateway ID',
    notFound: 'InvalidTransitGatewayID.NotFound',
  }),
  DescribeTransitGatewayAttachments: emptyList('TransitGatewayAttachments', PAGE, ATTACHMENT_IDS),
  DescribeTransitGatewayVpcAttachments: emptyList('TransitGatewayVpcAttachments', PAGE, ATTACHMENT_IDS),
  DescribeVpcEndpointConnections: emptyList('VpcEndpointConnections', PAGE),
  DescribeVpcEndpointConnectionNotifications: emptyList('ConnectionNotificationSet', PAGE),
  DescribeVpcEndpointServiceConfigurations: emptyList('ServiceConfigurations', PAGE, {
    member: 'ServiceIds',
    kind: 'VpcEndpointService Id',
    notFound: 'InvalidVpcEndpointServiceId.NotFound',
  }),
  DescribeInstanceConnectEndpoints: emptyList('InstanceConnectEndpoints', PAGE),
  DescribeSecurityGroupVpcAssociations: emptyList('SecurityGroupVpcAssociations', PAGE),
  DescribeNetworkInterfacePermissions: emptyList('NetworkInterfacePermissions', PAGE),
  DescribeNetworkInsightsPaths: emptyList('NetworkInsightsPaths', PAGE),
  DescribeTrafficMirrorSessions: emptyList('TrafficMirrorSessions', PAGE),
  DescribeIpams: emptyList('Ipams', PAGE),
};

export const emptyListOperations = {
  ...instanceLists,
  ...networkLists,

  /** Without peering connections, no group is stale, and no VPC refers to a group of another VPC. */
  DescribeStaleSecurityGroups: {
    inputMembers: ['VpcId', 'MaxResults', 'NextToken'],
    run({ VpcId }, { ec2 }) {
      rowOf(ec2.vpcs, VpcId);
      return { StaleSecurityGroupSet: [] };
    },
  },
  DescribeSecurityGroupReferences: {
    inputMembers: ['GroupId'],
    run({ GroupId = [] }, { ec2 }) {
      for (const id of GroupId) rowOf(ec2.securityGroups, id);
      return { SecurityGroupReferenceSet: [] };
    },
  },
} satisfies Operations<typeof EC2>;

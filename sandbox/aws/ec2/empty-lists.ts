/** Kinds of resources that the sandbox cannot create: their lists are empty, and an id of such a resource does not exist. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';

/** Refuses the first id of a request, since none exists. */
function refuseIds(ids: readonly string[] | undefined, code: string, noun: string): void {
  const [id] = ids ?? [];
  if (id !== undefined) throw refusal(code, `The ${noun} '${id}' does not exist`);
}

/** The members that the lists have in common. Filters match nothing. */
const PAGE = ['Filters', 'MaxResults', 'NextToken'] as const;

export const emptyListOperations = {
  DescribeInstances: {
    takes: [...PAGE, 'InstanceIds'],
    run({ InstanceIds }) {
      refuseIds(InstanceIds, 'InvalidInstanceID.NotFound', 'instance ID');
      return { Reservations: [] };
    },
  },
  DescribeVpcPeeringConnections: {
    takes: [...PAGE, 'VpcPeeringConnectionIds'],
    run({ VpcPeeringConnectionIds }) {
      refuseIds(VpcPeeringConnectionIds, 'InvalidVpcPeeringConnectionID.NotFound', 'vpcPeeringConnection ID');
      return { VpcPeeringConnections: [] };
    },
  },
  DescribeFlowLogs: {
    takes: ['Filter', 'FlowLogIds', 'MaxResults', 'NextToken'],
    run({ FlowLogIds }) {
      refuseIds(FlowLogIds, 'InvalidFlowLogId.NotFound', 'flow log ID');
      return { FlowLogs: [] };
    },
  },
  DescribeEgressOnlyInternetGateways: {
    takes: [...PAGE, 'EgressOnlyInternetGatewayIds'],
    run({ EgressOnlyInternetGatewayIds }) {
      refuseIds(EgressOnlyInternetGatewayIds, 'InvalidGatewayID.NotFound', 'egressOnlyInternetGateway ID');
      return { EgressOnlyInternetGateways: [] };
    },
  },
  DescribeVpnGateways: {
    takes: ['Filters', 'VpnGatewayIds'],
    run({ VpnGatewayIds }) {
      refuseIds(VpnGatewayIds, 'InvalidVpnGatewayID.NotFound', 'vpnGateway ID');
      return { VpnGateways: [] };
    },
  },
  DescribeVpnConnections: {
    takes: ['Filters', 'VpnConnectionIds'],
    run({ VpnConnectionIds }) {
      refuseIds(VpnConnectionIds, 'InvalidVpnConnectionID.NotFound', 'vpnConnection ID');
      return { VpnConnections: [] };
    },
  },
  DescribeTransitGatewayVpcAttachments: {
    takes: [...PAGE, 'TransitGatewayAttachmentIds'],
    run({ TransitGatewayAttachmentIds }) {
      refuseIds(
        TransitGatewayAttachmentIds,
        'InvalidTransitGatewayAttachmentID.NotFound',
        'transitGatewayAttachment ID',
      );
      return { TransitGatewayVpcAttachments: [] };
    },
  },
} satisfies Operations<typeof EC2>;

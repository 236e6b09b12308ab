/** Lists of the kinds of resources that the sandbox cannot create. The lists are empty, and every id is unknown. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';

/** Refuses the first id of a request, because no such resource exists. */
function refuseIds(ids: readonly string[] | undefined, code: string, kind: string): void {
  const [id] = ids ?? [];
  if (id !== undefined) throw refusal(code, `The ${kind} '${id}' does not exist`);
}

/** The members that the lists have in common. Filters match nothing. */
const PAGE = ['Filters', 'MaxResults', 'NextToken'] as const;

export const emptyListOperations = {
  DescribeInstances: {
    inputMembers: [...PAGE, 'InstanceIds'],
    run({ InstanceIds }) {
      refuseIds(InstanceIds, 'InvalidInstanceID.NotFound', 'instance ID');
      return { Reservations: [] };
    },
  },
  DescribeVpcPeeringConnections: {
    inputMembers: [...PAGE, 'VpcPeeringConnectionIds'],
    run({ VpcPeeringConnectionIds }) {
      refuseIds(VpcPeeringConnectionIds, 'InvalidVpcPeeringConnectionID.NotFound', 'vpcPeeringConnection ID');
      return { VpcPeeringConnections: [] };
    },
  },
  DescribeFlowLogs: {
    inputMembers: ['Filter', 'FlowLogIds', 'MaxResults', 'NextToken'],
    run({ FlowLogIds }) {
      refuseIds(FlowLogIds, 'InvalidFlowLogId.NotFound', 'flow log ID');
      return { FlowLogs: [] };
    },
  },
  DescribeEgressOnlyInternetGateways: {
    inputMembers: [...PAGE, 'EgressOnlyInternetGatewayIds'],
    run({ EgressOnlyInternetGatewayIds }) {
      refuseIds(EgressOnlyInternetGatewayIds, 'InvalidGatewayID.NotFound', 'egressOnlyInternetGateway ID');
      return { EgressOnlyInternetGateways: [] };
    },
  },
  DescribeVpnGateways: {
    inputMembers: ['Filters', 'VpnGatewayIds'],
    run({ VpnGatewayIds }) {
      refuseIds(VpnGatewayIds, 'InvalidVpnGatewayID.NotFound', 'vpnGateway ID');
      return { VpnGateways: [] };
    },
  },
  DescribeVpnConnections: {
    inputMembers: ['Filters', 'VpnConnectionIds'],
    run({ VpnConnectionIds }) {
      refuseIds(VpnConnectionIds, 'InvalidVpnConnectionID.NotFound', 'vpnConnection ID');
      return { VpnConnections: [] };
    },
  },
  DescribeTransitGatewayVpcAttachments: {
    inputMembers: [...PAGE, 'TransitGatewayAttachmentIds'],
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

/** Internet gateways: attached to one VPC at a time, and not detachable while the VPC has public addresses. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { AttachmentStatus, Tag } from '@aws-sdk/client-ec2';
import { internetGatewayOf } from '../../network/routes.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { alreadyAssociated, dependencyViolation } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { InternetGatewayRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { newId } from './kinds.ts';

const filters: FilterTable<InternetGatewayRow> = {
  'attachment.state': (gateway) => gateway.Attachments.map(({ State }) => State),
  'attachment.vpc-id': (gateway) => gateway.Attachments.map(({ VpcId }) => VpcId),
  'internet-gateway-id': (gateway) => gateway.InternetGatewayId,
  'owner-id': (gateway) => gateway.OwnerId,
};

/** Whether a load balancer, NAT gateway or task in a VPC has a network interface with a public IP. */
const hasPublicAddresses = (region: Region, vpcId: string): boolean =>
  region.ec2.networkInterfaces.all().some((one) => one.VpcId === vpcId && one.Association?.PublicIp);

/** Adds a gateway that is not attached. @throws InternetGatewayLimitExceeded */
export function addGateway(region: Region, Tags: Tag[]): InternetGatewayRow {
  const { internetGateways } = region.ec2;
  checkQuota(quotas.internetGateways, internetGateways.size + 1);
  const InternetGatewayId = newId(region, internetGateways);
  const OwnerId = region.account;
  return internetGateways.set(InternetGatewayId, { InternetGatewayId, OwnerId, Attachments: [], Tags });
}

export const internetGatewayOperations = {
  /** There is no client token: every call creates another gateway. */
  CreateInternetGateway: {
    inputMembers: ['TagSpecifications'],
    run(input, region) {
      const Tags = tagsFor(region.ec2.internetGateways, input.TagSpecifications);
      return { InternetGateway: addGateway(region, Tags) };
    },
  },

  DescribeInternetGateways: {
    inputMembers: ['InternetGatewayIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = requestedRows(input.InternetGatewayIds, region.ec2.internetGateways);
      const { rows: InternetGateways, NextToken } = page(filtered(rows, input.Filters, filters), input);
      return { InternetGateways, NextToken };
    },
  },

  /** Uses the same error code whether the gateway is already attached or the VPC already has a gateway. */
  AttachInternetGateway: {
    inputMembers: ['InternetGatewayId', 'VpcId'],
    run(input, region) {
      const gateway = rowOf(region.ec2.internetGateways, input.InternetGatewayId);
      const { VpcId } = rowOf(region.ec2.vpcs, input.VpcId);
      const [attachment] = gateway.Attachments;
      if (attachment) {
        throw alreadyAssociated(
          `resource ${gateway.InternetGatewayId} is already attached to network ${attachment.VpcId}`,
        );
      }
      if (internetGatewayOf(region, VpcId)) {
        throw alreadyAssociated(`Network ${VpcId} already has an internet gateway attached`);
      }
      // The API model's enum lacks `available`, the only value that responses contain.
      gateway.Attachments = [{ State: 'available' as AttachmentStatus, VpcId }];
      return {};
    },
  },

  DetachInternetGateway: {
    inputMembers: ['InternetGatewayId', 'VpcId'],
    run(input, region) {
      const gateway = rowOf(region.ec2.internetGateways, input.InternetGatewayId);
      const { VpcId } = rowOf(region.ec2.vpcs, input.VpcId);
      if (gateway.Attachments[0]?.VpcId !== VpcId) {
        throw refusal(
          'Gateway.NotAttached',
          `resource ${gateway.InternetGatewayId} is not attached to network ${VpcId}`,
        );
      }
      if (hasPublicAddresses(region, VpcId)) {
        throw refusal(
          'DependencyViolation',
          `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      }
      gateway.Attachments = [];
      return {};
    },
  },

  DeleteInternetGateway: {
    inputMembers: ['InternetGatewayId'],
    run(input, region) {
      const { InternetGatewayId, Attachments } = rowOf(region.ec2.internetGateways, input.InternetGatewayId);
      if (Attachments.length > 0) throw dependencyViolation('internetGateway', InternetGatewayId);
      region.ec2.internetGateways.delete(InternetGatewayId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;

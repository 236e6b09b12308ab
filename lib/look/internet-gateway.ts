/** Finds our internet gateway by its tags. */
import { DescribeInternetGatewaysCommand } from '@aws-sdk/client-ec2';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export interface FoundInternetGateway extends Readonly<Ids['internetGateway']> {
  /** The VPC that it is attached to; undefined when it is detached. */
  readonly attachedTo: string | undefined;
  readonly tags: Tags;
}

/**
 * If there are duplicates, the gateway that is attached keeps the key.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html
 */
export async function lookInternetGateway(context: LookContext): Promise<Items<FoundInternetGateway>> {
  const gateways = await describeOurs(
    context,
    ['internetGateway'],
    'InternetGatewayId',
    async ({ Filters, ids: InternetGatewayIds, NextToken }) => {
      const { InternetGateways = [], NextToken: next } = await context.aws.ec2(
        new DescribeInternetGatewaysCommand({ Filters, InternetGatewayIds, NextToken }),
      );
      return { items: InternetGateways, next };
    },
  );
  const found = gateways.map(({ InternetGatewayId = '', Attachments, Tags }) => ({
    internetGatewayId: InternetGatewayId,
    attachedTo: Attachments?.find(({ State }) => State !== 'detached')?.VpcId,
    tags: readTags(Tags),
  }));
  return indexByKey(
    found.sort((a, b) => Number(b.attachedTo !== undefined) - Number(a.attachedTo !== undefined)),
  );
}

/** The internet gateways that are attached to a VPC. */
export const internetGatewaysInVpc: VpcListing = {
  kind: 'internet gateways',
  async list({ ec2 }, vpcId) {
    const Filters = vpcFilter(vpcId, 'attachment.vpc-id');
    const { InternetGateways = [] } = await ec2(new DescribeInternetGatewaysCommand({ Filters }));
    const remove = `ec2 detach-internet-gateway --vpc-id ${vpcId} --internet-gateway-id`;
    return InternetGateways.map(({ InternetGatewayId: id, Tags: tags }) =>
      vpcResource('internet gateway', remove, { id, tags }),
    );
  },
};

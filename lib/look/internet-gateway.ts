/** Finds our internet gateway by its tags. */
import { DescribeInternetGatewaysCommand } from '@aws-sdk/client-ec2';
import type { Ids, Items } from '../resources.ts';
import { readTags, type Tags } from '../tags.ts';
import { byKey, oursFilter, type See } from './see.ts';

export interface FoundInternetGateway extends Readonly<Ids['internetGateway']> {
  /** The VPC it is attached to, if it is. */
  readonly attachedTo: string | undefined;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export async function lookInternetGateway(see: See): Promise<Items<FoundInternetGateway>> {
  const { InternetGateways = [] } = await see.aws.ec2(
    new DescribeInternetGatewaysCommand({ Filters: oursFilter(see) }),
  );
  return byKey(
    InternetGateways.map(({ InternetGatewayId = '', Attachments, Tags }) => ({
      internetGatewayId: InternetGatewayId,
      attachedTo: Attachments?.[0]?.VpcId,
      tags: readTags(Tags),
    })),
  );
}

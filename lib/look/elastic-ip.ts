/** Finds the elastic IP of our NAT gateway by its tags. */
import { DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';

export interface FoundElasticIp extends Readonly<Ids['elasticIp']> {
  readonly tags: Tags;
}

/**
 * If there are duplicates, the address that is in use keeps the key.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html
 */
export async function lookElasticIp(context: LookContext): Promise<Items<FoundElasticIp>> {
  const addresses = await describeOurs(
    context,
    ['elasticIp'],
    'AllocationId',
    async ({ Filters, ids: AllocationIds }) => {
      const { Addresses = [] } = await context.aws.ec2(
        new DescribeAddressesCommand({ Filters, AllocationIds }),
      );
      return { items: Addresses, next: undefined };
    },
  );
  const rank = ({ AssociationId }: { AssociationId?: string }) => (AssociationId === undefined ? 1 : 0);
  return indexByKey(
    addresses
      .sort((a, b) => rank(a) - rank(b))
      .map(({ AllocationId = '', Tags }) => ({
        allocationId: AllocationId,
        tags: readTags(Tags),
      })),
  );
}

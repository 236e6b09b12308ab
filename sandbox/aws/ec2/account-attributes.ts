/** The attributes of the account: its default VPC in a region, and some of its quotas. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { quotas } from './quotas.ts';

const attributesOf = ({ ec2 }: Region): Record<EC2.AccountAttributeName | QuotaName, string> => ({
  'supported-platforms': 'VPC',
  'default-vpc': ec2.vpcs.find(({ IsDefault }) => IsDefault === true)?.VpcId ?? 'none',
  'vpc-max-security-groups-per-interface': '5',
  'max-instances': '20',
  'max-elastic-ips': String(quotas.addresses[0]),
  'vpc-max-elastic-ips': String(quotas.addresses[0]),
});

/** The names of the quotas that are attributes. AWS documents these names, but its API model lacks them. */
type QuotaName =
  'vpc-max-security-groups-per-interface' | 'max-instances' | 'max-elastic-ips' | 'vpc-max-elastic-ips';

export const accountAttributeOperations = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
  DescribeAccountAttributes: {
    inputMembers: ['AttributeNames'],
    run({ AttributeNames }, region) {
      const requested: readonly string[] | undefined = AttributeNames?.length ? AttributeNames : undefined;
      const AccountAttributes = Object.entries(attributesOf(region))
        .filter(([name]) => requested?.includes(name) ?? true)
        .map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] }));
      return { AccountAttributes };
    },
  },
} satisfies Operations<typeof EC2>;

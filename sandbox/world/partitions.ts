/** The partitions of AWS: the sandbox has one account in each, with its own ARNs, registries, IAM and Route 53. */

/** A partition of AWS. */
export interface AwsPartition {
  /** The part after `arn:` in every ARN, e.g. `aws`. */
  readonly id: string;
  /** Matches the names of its regions. */
  readonly pattern: RegExp;
  /** The domain of its endpoints, e.g. `amazonaws.com`. */
  readonly dnsSuffix: string;
  /** The regions that every account of the partition has. */
  readonly regions: readonly string[];
}

/** The partition of most regions. The sandbox assumes it for unknown regions, as the SDKs do. */
const COMMERCIAL: AwsPartition = {
  id: 'aws',
  pattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  dnsSuffix: 'amazonaws.com',
  regions: [
    ...[
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
    ],
    ...['ca-central-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'sa-east-1'],
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  ],
};

const AWS_PARTITIONS: readonly AwsPartition[] = [
  COMMERCIAL,
  {
    id: 'aws-cn',
    pattern: /^cn-\w+-\d+$/,
    dnsSuffix: 'amazonaws.com.cn',
    regions: ['cn-north-1', 'cn-northwest-1'],
  },
  {
    id: 'aws-us-gov',
    pattern: /^us-gov-\w+-\d+$/,
    dnsSuffix: 'amazonaws.com',
    regions: ['us-gov-east-1', 'us-gov-west-1'],
  },
  {
    id: 'aws-eusc',
    pattern: /^eusc-de-\w+-\d+$/,
    dnsSuffix: 'amazonaws.eu',
    regions: ['eusc-de-east-1'],
  },
  {
    id: 'aws-iso',
    pattern: /^us-iso-\w+-\d+$/,
    dnsSuffix: 'c2s.ic.gov',
    regions: ['us-iso-east-1', 'us-iso-west-1'],
  },
  {
    id: 'aws-iso-b',
    pattern: /^us-isob-\w+-\d+$/,
    dnsSuffix: 'sc2s.sgov.gov',
    regions: ['us-isob-east-1', 'us-isob-west-1'],
  },
  {
    id: 'aws-iso-e',
    pattern: /^eu-isoe-\w+-\d+$/,
    dnsSuffix: 'cloud.adc-e.uk',
    regions: ['eu-isoe-west-1'],
  },
  {
    id: 'aws-iso-f',
    pattern: /^us-isof-\w+-\d+$/,
    dnsSuffix: 'csp.hci.ic.gov',
    regions: ['us-isof-east-1', 'us-isof-south-1'],
  },
];

/** Returns the partition of a region. A region that AWS does not have is in the partition `aws`. */
export const awsPartitionFor = (region: string): AwsPartition =>
  AWS_PARTITIONS.find(({ pattern }) => pattern.test(region)) ?? COMMERCIAL;

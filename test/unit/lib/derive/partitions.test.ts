// The tables of partitions in Slipway and in the sandbox, compared with the SDK's own data.
import { partition as sdkPartition } from '@aws-sdk/core/client';
import { describe, expect, test } from '@jest/globals';
import { repositoryArnOf } from '../../../../lib/derive/arns.ts';
import { findPartition, isAwsHost, partitionOf, PARTITIONS } from '../../../../lib/derive/partitions.ts';
import { awsPartitionFor } from '../../../../sandbox/world/partitions.ts';

/** One region of each partition, and further regions whose names are easily confused. */
const REGIONS: Readonly<Record<string, string>> = {
  'eu-west-1': 'aws',
  'us-east-1': 'aws',
  'il-central-1': 'aws',
  'mx-central-1': 'aws',
  'cn-north-1': 'aws-cn',
  'cn-northwest-1': 'aws-cn',
  'us-gov-west-1': 'aws-us-gov',
  'eusc-de-east-1': 'aws-eusc',
  'us-iso-east-1': 'aws-iso',
  'us-isob-east-1': 'aws-iso-b',
  'eu-isoe-west-1': 'aws-iso-e',
  'us-isof-south-1': 'aws-iso-f',
};

test.each(Object.entries(REGIONS))('%s is in %s, with the domains that the SDK knows', (region, id) => {
  const { name, dnsSuffix, dualStackDnsSuffix } = sdkPartition(region);
  expect({ name, dnsSuffix }).toMatchObject({ name: id });
  expect(partitionOf(region)).toMatchObject({ id, dnsSuffix, dualStackDnsSuffix });
  expect(awsPartitionFor(region)).toMatchObject({ id, dnsSuffix });
});

test('every partition has a region in this test', () => {
  expect(new Set(Object.values(REGIONS))).toEqual(new Set(PARTITIONS.map(({ id }) => id)));
});

test.each(['mars-north-1', 'xx-west-1', 'us-isox-east-1', 'europe-west1', ''])(
  '%j is in no partition',
  (region) => {
    expect(findPartition(region)).toBeUndefined();
  },
);

describe('the host of an endpoint', () => {
  test.each([
    ['ecs.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['ec2.eu-west-1.api.aws', 'eu-west-1'],
    ['vpce-0a1b-2c3d.ec2.eu-west-1.vpce.amazonaws.com', 'eu-west-1'],
    ['ec2.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['ecs.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ])('%s belongs to AWS', (host, region) => {
    expect(isAwsHost(host, region)).toBe(true);
  });

  test.each([
    ['127.0.0.1', 'eu-west-1'],
    ['ec2.amazonaws.com.example.org', 'eu-west-1'],
    ['notamazonaws.com', 'eu-west-1'],
    ['ec2.eu-west-1.amazonaws.com', 'cn-north-1'],
  ])('%s does not belong to AWS in %s', (host, region) => {
    expect(isAwsHost(host, region)).toBe(false);
  });
});

describe('the repository of an image', () => {
  test.each([
    ['1.dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1', 'aws'],
    ['1.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'aws-us-gov'],
    ['1.dkr-ecr.eu-west-1.on.aws', 'eu-west-1', 'aws'],
    ['1.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'aws-cn'],
    ['1.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn-north-1', 'aws-cn'],
    ['1.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', 'aws-eusc'],
    ['1.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', 'aws-iso'],
    ['1.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', 'aws-iso-b'],
    ['1.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1', 'aws-iso-e'],
    ['1.dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1', 'aws-iso-f'],
  ])('in the registry %s is in the partition of %s', (host, region, id) => {
    const registry = host.replace(/^1/, '123456789012');
    expect(repositoryArnOf(`${registry}/team/shop:1`)).toBe(
      `arn:${id}:ecr:${region}:123456789012:repository/team/shop`,
    );
  });

  test.each([
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com/shop:1',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn/shop:1',
    '123456789012.dkr.ecr.mars-north-1.amazonaws.com/shop:1',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.org/shop:1',
  ])('in %s is not in ECR: the domain is not that of the region', (reference) => {
    expect(repositoryArnOf(reference)).toBeUndefined();
  });
});

// The search for leftovers after a teardown: by tags and names, and in the former VPC.
import {
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { toCamelCaseTags, toPascalCaseTags } from '../../../lib/derive/tags.ts';
import { awsWaits } from '../../../lib/engine/waits.ts';
import { nounsToTearDown } from '../../../lib/model/architecture.ts';
import { verifyNothingLeft } from '../../../teardown/leftovers.ts';
import { KINDS_IN_A_VPC } from '../../../teardown/vpc-contents.ts';
import {
  abort,
  mockEmptyAccount,
  engineContext,
  foundAt,
  run,
  sessionOf,
  type Resources,
} from '../engine-harness.ts';
import { awsError, buildsOf, config, mocks, ourTags, sentCalls, surveyOf } from '../step-harness.ts';

beforeEach(mockEmptyAccount);
const vpcBefore: Resources = { vpc: { '': { ...foundAt('vpc', '')[''], vpcId: 'vpc-1' } as never } };
/** Searches for leftovers. Builds fail, since a teardown must not build images. */
const search = (before: Resources = {}) => {
  const builds = buildsOf(() => Promise.reject(new Error('a source was bundled')));
  const stack = config({ domain: undefined });
  return verifyNothingLeft(
    sessionOf(
      {},
      { run: { ...run, waits: awsWaits }, lookContext: () => ({ ...engineContext(stack), builds }) },
    ),
    surveyOf(before),
  );
};
const address = {
  AllocationId: 'eipalloc-1',
  PublicIp: '203.0.113.1',
  Tags: toPascalCaseTags(ourTags('elasticIp')),
};
const shownVpc = { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', Tags: toPascalCaseTags(ourTags('vpc')) };

describe('with nothing left', () => {
  test('the search returns the kinds of resources that it has looked for', async () => {
    expect(await search()).toEqual({ nouns: nounsToTearDown, vpc: undefined });
  });

  test('the search includes the contents of the VPC if a VPC existed before', async () => {
    mocks.ec2.on(DescribeVpcsCommand, { VpcIds: ['vpc-1'] }).rejects(awsError('InvalidVpcID.NotFound'));
    expect(await search(vpcBefore)).toEqual({
      nouns: nounsToTearDown,
      vpc: { vpcId: 'vpc-1', kinds: KINDS_IN_A_VPC },
    });
    expect(sentCalls().map(({ command }) => command)).toContain('DescribeNetworkInterfaces');
  });

  test('the search is repeated while lists still show deleted resources', async () => {
    let lookupCount = 0;
    mocks.ec2
      .on(DescribeAddressesCommand)
      .callsFake(() => ({ Addresses: (lookupCount += 1) < 4 ? [address] : [] }));
    const start = run.clock.now();
    await search();
    expect(lookupCount).toBe(4);
    expect(run.clock.now() - start).toBe(3 * awsWaits.leftovers.every);
  });

  test('foreign resources are not leftovers', async () => {
    mocks.ecs.on(DescribeClustersCommand).resolves({
      clusters: [
        {
          clusterArn: 'arn:cluster',
          status: 'ACTIVE',
          tags: toCamelCaseTags({ 'slipway:stack': 'other-dev' }),
        },
      ],
    });
    await expect(search()).resolves.toBeDefined();
  });
});

describe('with something left after a minute', () => {
  test('each of our resources is listed by its address and title', async () => {
    mocks.ec2.on(DescribeAddressesCommand).resolves({ Addresses: [address] });
    const start = run.clock.now();
    await expect(search()).rejects.toMatchObject({
      code: 'LEFTOVERS',
      what: '1 resource of shop-dev is left.',
      why: 'elasticIp eipalloc-1',
      now: 'Everything else is gone; the state file is kept.',
    });
    expect(run.clock.now() - start).toBe(awsWaits.leftovers.deadline);
  });

  test('foreign resources in the VPC are listed as well, and each resource only once', async () => {
    mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [shownVpc] });
    mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
    mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        { NetworkInterfaceId: 'eni-1', Description: 'EFS mount target', SubnetId: 'subnet-1' },
      ],
    });
    const ourSubnet = {
      SubnetId: 'subnet-1',
      CidrBlock: '10.0.0.0/20',
      VpcId: 'vpc-1',
      Tags: toPascalCaseTags(ourTags('subnets', 'public-1')),
    };
    mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [ourSubnet] });
    const failing = search(vpcBefore);
    await expect(failing).rejects.toMatchObject({
      code: 'LEFTOVERS',
      what: '3 resources of shop-dev are left.',
    });
    const { why } = (await failing.catch((error: unknown) => error)) as { why: string };
    expect(why.split('\n')).toEqual([
      'vpc vpc-1',
      'subnets.public-1 subnet-1',
      expect.stringContaining('network interface eni-1 (EFS mount target) uses subnet-1'),
    ]);
  });
});

test('an error during the search is thrown and does not count as a leftover', async () => {
  mocks.ec2.on(DescribeAddressesCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
  await expect(search()).rejects.toThrow('no');
});

test('an interruption ends the search', async () => {
  mocks.ec2.on(DescribeAddressesCommand).callsFake(() => {
    abort.abort(new Error('interrupted'));
    return { Addresses: [address] };
  });
  await expect(search()).rejects.toThrow('interrupted');
});

// The look for the load balancer, and for the tags of the resources that belong to it.
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import { elbTags } from '../../../../lib/look/elb-tags.ts';
import { lookLoadBalancer } from '../../../../lib/look/load-balancer.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const ARN = 'arn:balancer';
const listed = {
  LoadBalancerArn: ARN,
  LoadBalancerName: 'shop-dev',
  DNSName: 'shop-dev-1.eu-west-1.elb.amazonaws.com',
  CanonicalHostedZoneId: 'Z1',
  VpcId: 'vpc-1',
  State: { Code: 'provisioning' as const },
  Scheme: 'internet-facing' as const,
  AvailabilityZones: [{ SubnetId: 'subnet-a' }, { SubnetId: 'subnet-b' }],
  SecurityGroups: ['sg-1'],
};
const attributes = { Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] };
const tagged = (tags: Record<string, string>) => ({
  TagDescriptions: [{ ResourceArn: ARN, Tags: toPascalCaseTags(tags) }],
});

describe('the look', () => {
  test('reads our load balancer', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [listed] });
    mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves(attributes);
    mocks.elbv2.on(DescribeTagsCommand).resolves(tagged(ourTags('loadBalancer')));
    expect(Object.fromEntries(await lookLoadBalancer(lookContextOf()))).toEqual({
      '': {
        loadBalancerArn: ARN,
        dnsName: 'shop-dev-1.eu-west-1.elb.amazonaws.com',
        hostedZoneId: 'Z1',
        vpcId: 'vpc-1',
        state: 'provisioning',
        scheme: 'internet-facing',
        subnetIds: ['subnet-a', 'subnet-b'],
        securityGroupIds: ['sg-1'],
        attributes: { 'idle_timeout.timeout_seconds': '60' },
        tags: ourTags('loadBalancer'),
      },
    });
    expect(sentCalls()).toEqual([
      { command: 'DescribeLoadBalancers', input: { Names: ['shop-dev'] } },
      { command: 'DescribeLoadBalancerAttributes', input: { LoadBalancerArn: ARN } },
      { command: 'DescribeTags', input: { ResourceArns: [ARN] } },
    ]);
  });

  test('returns a foreign load balancer that has our name but not our tags', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [listed] });
    mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves(attributes);
    mocks.elbv2.on(DescribeTagsCommand).resolves(tagged({}));
    expect((await lookLoadBalancer(lookContextOf())).get('')?.tags).toEqual({});
  });

  test('finds nothing when no load balancer exists', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).rejects(awsError('LoadBalancerNotFoundException'));
    expect((await lookLoadBalancer(lookContextOf())).size).toBe(0);
  });

  test.each([
    ['its attributes', DescribeLoadBalancerAttributesCommand],
    ['its tags', DescribeTagsCommand],
  ])('finds nothing when the load balancer is deleted before %s are read', async (_what, command) => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [listed] });
    mocks.elbv2.on(DescribeLoadBalancerAttributesCommand).resolves(attributes);
    mocks.elbv2.on(DescribeTagsCommand).resolves(tagged(ourTags('loadBalancer')));
    mocks.elbv2.on(command as typeof DescribeTagsCommand).rejects(awsError('LoadBalancerNotFoundException'));
    expect((await lookLoadBalancer(lookContextOf())).size).toBe(0);
  });

  test('runs once per survey', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [] });
    const lookContext = lookContextOf();
    await Promise.all([lookLoadBalancer(lookContext), lookLoadBalancer(lookContext)]);
    expect(sentCalls()).toHaveLength(1);
  });

  test('fails with any other error', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).rejects(awsError('AccessDenied', 'no'));
    await expect(lookLoadBalancer(lookContextOf())).rejects.toMatchObject({ message: 'no' });
  });
});

describe('the tags of load balancer resources', () => {
  const arns = Array.from({ length: 45 }, (_, index) => `arn:${index}`);
  const answerTags = (deletedArns: readonly string[]) => (input: { ResourceArns?: string[] }) => {
    const asked = input.ResourceArns ?? [];
    if (asked.some((arn) => deletedArns.includes(arn))) throw awsError('RuleNotFoundException');
    // A resource without tags may be missing from the response.
    const described = asked.filter((arn) => arn !== 'arn:1');
    return {
      TagDescriptions: described.map((arn) => ({ ResourceArn: arn, Tags: [{ Key: 'is', Value: arn }] })),
    };
  };

  test('are read for up to twenty resources per call', async () => {
    mocks.elbv2.on(DescribeTagsCommand).callsFake(answerTags([]));
    const tags = await elbTags(lookContextOf().aws, arns);
    expect(tags.get('arn:44')).toEqual({ is: 'arn:44' });
    expect(tags.size).toBe(45);
    expect(sentCalls().map(({ input }) => (input as { ResourceArns: string[] }).ResourceArns.length)).toEqual(
      [20, 20, 5],
    );
  });

  test('are left out for deleted resources, and empty for untagged ones', async () => {
    mocks.elbv2.on(DescribeTagsCommand).callsFake(answerTags(['arn:0']));
    const tags = await elbTags(lookContextOf().aws, ['arn:0', 'arn:1', 'arn:2']);
    expect(Object.fromEntries(tags)).toEqual({ 'arn:1': {}, 'arn:2': { is: 'arn:2' } });
  });

  test('are not requested for an empty list', async () => {
    expect((await elbTags(lookContextOf().aws, [])).size).toBe(0);
    expect(sentCalls()).toEqual([]);
  });

  test('cannot be read when AWS returns an error for another reason than a deleted resource', async () => {
    mocks.elbv2.on(DescribeTagsCommand).rejects(awsError('Throttling', 'Rate exceeded'));
    await expect(elbTags(lookContextOf().aws, arns)).rejects.toMatchObject({ message: 'Rate exceeded' });
  });
});

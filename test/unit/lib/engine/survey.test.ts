// The survey: the order of its looks, the failure that it reports, and its result.
import { DescribeAvailabilityZonesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DescribeLoadBalancersCommand, DescribeTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { survey } from '../../../../lib/engine/survey.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { architecture, nouns, nounsToTearDown } from '../../../../lib/model/architecture.ts';
import { mockEmptyAccount } from '../../engine-harness.ts';
import { awsError, config, lookContextOf, mocks, sentCalls } from '../../step-harness.ts';

describe('when every call is refused', () => {
  let sentCommands: string[];
  beforeEach(() => {
    sentCommands = [];
    for (const mock of Object.values(mocks))
      mock.send.callsFake(({ constructor }: { constructor: { name: string } }) => {
        sentCommands.push(constructor.name);
        throw awsError('AccessDeniedException', constructor.name);
      });
  });

  test('the looks that take longest start first, and other work starts only after all looks have started', async () => {
    let surveying: Promise<unknown> = Promise.resolve();
    const sentBeforeOtherWork = new Promise<string[]>((resolve) => {
      surveying = survey(lookContextOf(), undefined, () => resolve([...sentCommands]));
    });
    await expect(surveying).rejects.toThrow('DescribeAvailabilityZonesCommand');
    expect(await sentBeforeOtherWork).toEqual(sentCommands);
    expect(sentCommands[0]).toBe('ListHostedZonesCommand');
    expect(sentCommands).toContain('DescribeVpcsCommand');
  });

  test('the first failure in the order of the architecture is reported, and no further calls are sent', async () => {
    await expect(survey(lookContextOf(), ['record', 'vpc'])).rejects.toThrow('DescribeVpcsCommand');
    expect(sentCommands).toEqual(['ListHostedZonesCommand', 'DescribeVpcsCommand']);
  });
});

test('a failure is reported only after every look has ended', async () => {
  mockEmptyAccount();
  let hasEnded = false;
  mocks.ec2.on(DescribeVpcsCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
  mocks.elbv2.on(DescribeLoadBalancersCommand).callsFake(async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    hasEnded = true;
    return {};
  });
  await expect(survey(lookContextOf(), ['loadBalancer', 'vpc'])).rejects.toThrow('no');
  expect(hasEnded).toBe(true);
});

describe('the result', () => {
  beforeEach(mockEmptyAccount);
  /** The context of a look for a stack without a domain. */
  const context = () => ({ ...lookContextOf(config({ domain: undefined })) });

  test('has every noun and the zones of the region', async () => {
    const found = await survey(context());
    expect(Object.keys(found).sort()).toEqual(
      [
        ...nouns,
        'alarms',
        'domain',
        'identities',
        'logBucketOfUser',
        'secrets',
        'shared',
        'webAcl',
        'zones',
      ].sort(),
    );
    expect(nouns.filter((noun) => found[noun].size > 0)).toEqual([]);
    expect(found.zones).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  });

  test.each([
    ['some nouns', ['vpc', 'elasticIp'] as const],
    ['the nouns of a teardown', nounsToTearDown],
  ])('of a survey of %s has neither resources of other nouns nor zones', async (_what, some) => {
    const found = await survey(context(), some);
    expect(Object.keys(found).sort()).toEqual(
      [
        ...nouns,
        'alarms',
        'domain',
        'identities',
        'logBucketOfUser',
        'secrets',
        'shared',
        'webAcl',
        'zones',
      ].sort(),
    );
    expect(found.zones).toEqual([]);
    expect(mocks.ec2.commandCalls(DescribeAvailabilityZonesCommand)).toEqual([]);
    if (some.length === 2) {
      expect(
        sentCalls()
          .map(({ command }) => command)
          .sort(),
      ).toEqual(['DescribeAddresses', 'DescribeVpcs']);
    }
  });

  test('assumes our tags for an untagged resource if its id is recorded and AWS never reuses such an id', async () => {
    mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({
      LoadBalancers: [{ LoadBalancerArn: 'arn:balancer', DNSName: 'a.elb', Scheme: 'internet-facing' }],
    });
    mocks.elbv2
      .on(DescribeTagsCommand)
      .resolves({ TagDescriptions: [{ ResourceArn: 'arn:balancer', Tags: [] }] });
    const recorded = recordedIn({ loadBalancer: { loadBalancerArn: 'arn:balancer' } });
    const surveyWithState = await survey({ ...context(), recorded }, ['loadBalancer']);
    expect(surveyWithState.loadBalancer.get('')?.tags).toMatchObject({ 'slipway:stack': 'shop-dev' });
    const surveyWithoutState = await survey(context(), ['loadBalancer']);
    expect(surveyWithoutState.loadBalancer.get('')?.tags).toEqual({});
    expect(architecture.loadBalancer.uniqueId).toBe(true);
  });
});

// The look at the load balancer of someone else: which calls it makes, and what it takes to be absent.
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  DescribeAccountLimitsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, expect, test } from '@jest/globals';
import type { Config } from '../../../../lib/config/config.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { lookListener } from '../../../../lib/look/listener.ts';
import { lookRules } from '../../../../lib/look/rules.ts';
import { lookSharedBalancer } from '../../../../lib/look/shared-balancer.ts';
import {
  BALANCER_ARN,
  LISTENER_ARN,
  otherRule,
  sharedBalancer,
  stackOfTenant,
} from '../../others-balancer.ts';
import { awsError, lookContextOf, mocks, ourTags, sentCalls } from '../../step-harness.ts';

const { balancer, listener, subnets } = sharedBalancer();
const allTraffic = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const stackTags = (stack: string) =>
  toPascalCaseTags({ ...ourTags('rules', 'web-api1'), 'slipway:stack': stack });

/** Lets the load balancer have these rules; the tags of each are those of a stack. */
function mockRules(
  stacks: Readonly<Record<string, string>>,
  pages: string[][] = [Object.keys(stacks)],
): void {
  mocks.elbv2.on(DescribeRulesCommand).callsFake(({ Marker = '0' }: { Marker?: string }) => {
    const page = Number(Marker);
    return {
      Rules: [
        ...(page === 0 ? [{ RuleArn: 'arn:default', Priority: 'default', IsDefault: true }] : []),
        ...(pages[page] ?? []).map((priority) => otherRule(priority, `/${priority}`)),
      ],
      ...(page + 1 < pages.length && { NextMarker: String(page + 1) }),
    };
  });
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => ({
    TagDescriptions: ResourceArns.map((arn) => ({
      ResourceArn: arn,
      Tags: stackTags(stacks[arn.replace('arn:other-', '')] ?? ''),
    })),
  }));
}

beforeEach(() => {
  mocks.elbv2.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [balancer ?? {}] });
  mocks.elbv2.on(DescribeListenersCommand).resolves({ Listeners: [listener ?? {}] });
  mocks.ec2.on(DescribeSubnetsCommand).resolves({
    Subnets: [...subnets].map(([SubnetId, { vpcId, zone, cidr }]) => ({
      ...{ SubnetId, VpcId: vpcId, AvailabilityZone: zone, CidrBlock: cidr },
    })),
  });
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: [
      { GroupId: 'sg-1111', IpPermissionsEgress: [allTraffic] },
      { GroupId: 'sg-2222', IpPermissionsEgress: [] },
    ],
  });
  mockRules({ 7: 'other-dev' });
});

const lookFor = (stack: Config = stackOfTenant()) => lookSharedBalancer(lookContextOf(stack));
const callsOf = (name: string) =>
  sentCalls()
    .filter(({ command }) => command === name)
    .map(({ input }) => input);

test('a listener leads to its load balancer, whose groups are read', async () => {
  expect(await lookFor()).toEqual({
    ...sharedBalancer(),
    otherRules: [otherRule('7', '/7')],
  });
  expect(callsOf('DescribeListeners')).toEqual([{ ListenerArns: [LISTENER_ARN] }]);
  expect(callsOf('DescribeLoadBalancers')).toEqual([{ LoadBalancerArns: [BALANCER_ARN] }]);
  expect(callsOf('DescribeSecurityGroups')).toEqual([
    { Filters: [{ Name: 'group-id', Values: ['sg-2222', 'sg-1111'] }] },
  ]);
});

test('a load balancer leads to its listener on port 80, or with https to that on port 443', async () => {
  const secure = { ListenerArn: 'arn:secure', Protocol: 'HTTPS' as const, Port: 443 };
  mocks.elbv2
    .on(DescribeListenersCommand)
    .callsFake(({ Marker }: { Marker?: string }) =>
      Marker === undefined
        ? { Listeners: [{ ListenerArn: 'arn:8080', Port: 8080 }, secure], NextMarker: '2' }
        : { Listeners: [listener] },
    );
  const named = { arn: BALANCER_ARN, listenerArn: undefined };
  expect((await lookFor(stackOfTenant(named))).listener).toEqual(listener);
  expect((await lookFor(stackOfTenant({ ...named, https: true }))).listener).toEqual(secure);
});

test('what does not exist is absent, and so is what another account or region has', async () => {
  mocks.elbv2.on(DescribeListenersCommand).rejects(awsError('ListenerNotFoundException'));
  expect(await lookFor()).toMatchObject({ balancer: undefined, listener: undefined, otherRules: [] });
  const named = stackOfTenant({ arn: BALANCER_ARN, listenerArn: undefined });
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .rejects(awsError('ValidationError', 'is not a valid load balancer ARN'));
  mocks.elbv2
    .on(DescribeListenersCommand)
    .rejects(awsError('ValidationError', 'is not a valid load balancer ARN'));
  expect(await lookFor(named)).toMatchObject({ balancer: undefined, listener: undefined });
});

test('rules of other stacks are those of others, on every page, and our own are not', async () => {
  mockRules({ 7: '', 8: 'shop-dev', 9: 'shop-test' }, [['7'], ['8', '9']]);
  const { otherRules: found } = await lookFor();
  expect(found.map(({ Priority }) => Priority)).toEqual(['7', '9']);
  expect(callsOf('DescribeRules')).toEqual([
    { ListenerArn: LISTENER_ARN, Marker: undefined },
    { ListenerArn: LISTENER_ARN, Marker: '1' },
  ]);
});

test('egress rules that the caller may not read are unknown, and any other error ends the survey', async () => {
  mocks.ec2.on(DescribeSecurityGroupsCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
  expect((await lookFor()).egress).toBeUndefined();
  mocks.ec2.on(DescribeSecurityGroupsCommand).rejects(awsError('InvalidParameterValue', 'strange'));
  await expect(lookFor()).rejects.toThrow('strange');
});

test('the quota of rules is read only if the default could be exceeded', async () => {
  await lookFor();
  expect(callsOf('DescribeAccountLimits')).toEqual([]);
  mockRules(Object.fromEntries(Array.from({ length: 99 }, (_, index) => [index + 1, 'other-dev'])));
  mocks.elbv2
    .on(DescribeAccountLimitsCommand)
    .resolves({ Limits: [{ Name: 'rules-per-application-load-balancer', Max: '200' }] });
  expect((await lookFor()).maxRules).toBe(200);
  mocks.elbv2.on(DescribeAccountLimitsCommand).rejects(awsError('AccessDenied', 'no', 403));
  expect((await lookFor()).maxRules).toBeUndefined();
});

test('the looks for the listener and the rules leave out what others own', async () => {
  const context = lookContextOf(stackOfTenant());
  expect(await lookListener(context)).toEqual(new Map());
  mockRules({ 7: 'other-dev', 8: 'shop-dev' });
  expect([...(await lookRules(context)).values()].map(({ ruleArn }) => ruleArn)).toEqual(['arn:other-8']);
});

// The look for target groups: our target groups, and foreign ones that have our names.
import {
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { isRouted } from '../../../../lib/config/config.ts';
import { lookTargetGroups } from '../../../../lib/look/target-groups.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { toPascalCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const [NAME1 = '', NAME2 = ''] = config()
  .services.flatMap(({ containers }) => containers)
  .filter(isRouted)
  .map((container) => namesOf(config()).targetGroup(container));
const group = (name: string): TargetGroup => ({
  TargetGroupArn: `arn:${name}`,
  TargetGroupName: name,
  VpcId: 'vpc-1',
  LoadBalancerArns: ['arn:balancer'],
  Port: 5000,
  Protocol: 'HTTPS',
  HealthCheckProtocol: 'HTTP',
  HealthCheckPort: 'traffic-port',
  HealthCheckPath: '/health',
  HealthCheckIntervalSeconds: 10,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 3,
  Matcher: { HttpCode: '200' },
});

/** Mocks target groups with these names and tags, in pages of two. */
function mockTargetGroups(
  tagsByName: Readonly<Record<string, Tags>>,
  deletedArns: readonly string[] = [],
): void {
  const all = Object.keys(tagsByName).map(group);
  mocks.elbv2.on(DescribeTargetGroupsCommand).callsFake(({ Marker }: { Marker?: string }) => {
    const start = Number(Marker ?? 0);
    const next = start + 2 < all.length ? String(start + 2) : undefined;
    return { TargetGroups: all.slice(start, start + 2), NextMarker: next };
  });
  mocks.elbv2.on(DescribeTagsCommand).callsFake(({ ResourceArns }: { ResourceArns: string[] }) => {
    if (ResourceArns.some((arn) => deletedArns.includes(arn))) throw awsError('TargetGroupNotFoundException');
    return {
      TagDescriptions: ResourceArns.map((arn) => ({
        ResourceArn: arn,
        Tags: toPascalCaseTags(tagsByName[arn.replace('arn:', '')] ?? {}),
      })),
    };
  });
  mocks.elbv2
    .on(DescribeTargetGroupAttributesCommand)
    .resolves({ Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }] });
}
const tags = (key: string) => ourTags('targetGroups', key);
const namesByKey = async () =>
  Object.fromEntries([...(await lookTargetGroups(lookContextOf()))].map(([key, { name }]) => [key, name]));

test('the look finds nothing when no target group exists', async () => {
  mockTargetGroups({});
  expect(await namesByKey()).toEqual({});
  expect(sentCalls()).toEqual([{ command: 'DescribeTargetGroups', input: { PageSize: 400 } }]);
});

test('the look reads our target groups on any page', async () => {
  mockTargetGroups({ 'a-1': {}, 'a-2': {}, [NAME1]: tags('web-api1'), [NAME2]: tags('web-api2') });
  expect((await lookTargetGroups(lookContextOf())).get('web-api1')).toEqual({
    targetGroupArn: `arn:${NAME1}`,
    name: NAME1,
    vpcId: 'vpc-1',
    loadBalancerArns: ['arn:balancer'],
    port: 5000,
    protocol: 'HTTPS',
    health: {
      protocol: 'HTTP',
      port: 'traffic-port',
      path: '/health',
      intervalSeconds: 10,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      matcher: '200',
    },
    attributes: { 'deregistration_delay.timeout_seconds': '10' },
    tags: tags('web-api1'),
  });
  expect(await namesByKey()).toEqual({ 'web-api1': NAME1, 'web-api2': NAME2 });
});

test('the look uses the name as the key of a group that will be replaced or is not desired', async () => {
  mockTargetGroups({
    'shop-dev-web-api1-0ld0': tags('web-api1'),
    [NAME1]: tags('web-api1'),
    'shop-dev-web-old-1234': tags('web-old'),
  });
  expect(await namesByKey()).toEqual({
    'web-api1': NAME1,
    'shop-dev-web-api1-0ld0': 'shop-dev-web-api1-0ld0',
    'shop-dev-web-old-1234': 'shop-dev-web-old-1234',
  });
});

test('the look returns a foreign target group only if it has one of our names', async () => {
  mockTargetGroups({
    [NAME1]: { 'slipway:stack': 'other' },
    [NAME2]: {},
    'shop-dev-2-web-api1-1234': { owner: 'bob' },
  });
  const found = await lookTargetGroups(lookContextOf());
  expect([...found.keys()]).toEqual(['web-api1', 'web-api2']);
  expect([...found.values()].map((item) => item.tags)).toEqual([{ 'slipway:stack': 'other' }, {}]);
});

test('the look leaves out target groups that are deleted during the look', async () => {
  mockTargetGroups({ [NAME1]: tags('web-api1'), [NAME2]: tags('web-api2') }, [`arn:${NAME1}`]);
  expect(await namesByKey()).toEqual({ 'web-api2': NAME2 });
  mocks.elbv2.on(DescribeTargetGroupAttributesCommand).rejects(awsError('TargetGroupNotFoundException'));
  expect(await namesByKey()).toEqual({});
});

test('the look fails with any other error', async () => {
  mocks.elbv2.on(DescribeTargetGroupsCommand).rejects(awsError('AccessDenied', 'no'));
  await expect(lookTargetGroups(lookContextOf())).rejects.toMatchObject({ message: 'no' });
});

// Quotas: what a plan adds, what exists, the maximum, and the ways to make room.
import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ListClustersCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { QuotaName } from '../../../../lib/preflight/quota-table.ts';
import {
  readQuota,
  fits,
  quotaFix,
  quotaNeeds,
  quotaText,
  type QuotaCheck,
} from '../../../../lib/preflight/quotas.ts';
import { awsError, config, lookContextOf, mocks } from '../../step-harness.ts';

const check = (name: QuotaName, added = 1) =>
  readQuota(lookContextOf().aws, { zone: 'eu-west-1a', cluster: 'shop-dev' }, name, {
    added,
    duringDeployment: 0,
  });
const quota = (fields: Partial<QuotaCheck> = {}): QuotaCheck => ({
  ...{ name: 'vpcs', used: 4, added: 1, duringDeployment: 0, limit: 5, isReported: true },
  ...fields,
});

describe('what a plan adds', () => {
  const create = (noun: string) => ({ noun, verb: 'create' }) as never;

  test('each created resource counts, and what exists or is updated does not', () => {
    const changes = [
      create('vpc'),
      create('targetGroups'),
      create('targetGroups'),
      { noun: 'elasticIp', verb: 'update' } as never,
    ];
    expect(Object.fromEntries(quotaNeeds(config(), changes))).toEqual({
      vpcs: { added: 1, duringDeployment: 0 },
      targetGroups: { added: 2, duringDeployment: 0 },
      groupsPerBalancer: { added: 2, duringDeployment: 0 },
    });
  });

  test('the tasks of a deployment run twice for a while', () => {
    const [web] = config().services;
    const stack = config({ services: [{ ...web!, cpu: 1024, count: 3 }] });
    expect(quotaNeeds(stack, [create('services')]).get('fargateCpus')).toEqual({
      added: 3,
      duringDeployment: 3,
    });
    expect(quotaNeeds(stack, []).size).toBe(0);
  });

  test('the load balancer of someone else is not counted', () => {
    const stack = config({ loadBalancer: { arn: 'arn' } as never });
    expect([...quotaNeeds(stack, [create('rules'), create('targetGroups')]).keys()]).toEqual([
      'targetGroups',
    ]);
  });
});

describe('what exists', () => {
  beforeEach(() => {
    mocks.servicequotas.on(GetServiceQuotaCommand).resolves({ Quota: { Value: 5 } });
  });

  test('all pages are counted, with the resources of all owners', async () => {
    mocks.ec2
      .on(DescribeVpcsCommand)
      .resolvesOnce({ Vpcs: [{}, {}], NextToken: 'next' })
      .resolvesOnce({ Vpcs: [{}] });
    expect(await check('vpcs')).toMatchObject({ used: 3, limit: 5, isReported: true });
    mocks.ec2.on(DescribeAddressesCommand).resolves({ Addresses: [{}] });
    expect(await check('elasticIps')).toMatchObject({ used: 1 });
  });

  test('only application load balancers count', async () => {
    mocks.elbv2
      .on(DescribeLoadBalancersCommand)
      .resolves({ LoadBalancers: [{ Type: 'application' }, { Type: 'network' }] });
    mocks.elbv2.on(DescribeTargetGroupsCommand).resolves({ TargetGroups: [{}] });
    expect(await check('loadBalancers')).toMatchObject({ used: 1 });
    expect(await check('targetGroups')).toMatchObject({ used: 1 });
  });

  test('the NAT gateways of the zone count', async () => {
    mocks.ec2
      .on(DescribeNatGatewaysCommand)
      .resolves({ NatGateways: [{ SubnetId: 'subnet-1' }, { SubnetId: 'subnet-2' }] });
    mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: 'subnet-1' }] });
    expect(await check('natGateways')).toMatchObject({ used: 1 });
  });

  test('the vCPUs of the tasks in other clusters count', async () => {
    mocks.ecs.on(ListClustersCommand).resolves({ clusterArns: ['arn:x/other', 'arn:x/shop-dev'] });
    mocks.ecs.on(ListTasksCommand, { cluster: 'arn:x/other' }).resolves({ taskArns: ['1', '2'] });
    mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [{ cpu: '512' }, { cpu: '2048' }] });
    expect(await check('fargateCpus')).toMatchObject({ used: 2.5 });
  });
});

describe('the maximum', () => {
  beforeEach(() => {
    mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
  });
  const noSuch = awsError('NoSuchResourceException');

  test('a quota that was never changed has the default of AWS', async () => {
    mocks.servicequotas.on(GetServiceQuotaCommand).rejects(noSuch);
    mocks.servicequotas.on(GetAWSDefaultServiceQuotaCommand).resolves({ Quota: { Value: 7 } });
    expect(await check('vpcs')).toMatchObject({ limit: 7, isReported: true });
  });

  test('a quota that the account does not have limits nothing', async () => {
    mocks.servicequotas.on(GetServiceQuotaCommand).rejects(noSuch);
    mocks.servicequotas.on(GetAWSDefaultServiceQuotaCommand).rejects(noSuch);
    const found = await check('vpcs');
    expect(found.limit).toBeUndefined();
    expect(fits(found)).toBe('yes');
  });

  test('if the caller may not ask, the documented default is used, and named as such', async () => {
    mocks.servicequotas.on(GetServiceQuotaCommand).rejects(awsError('AccessDeniedException', 'no', 403));
    const found = await check('vpcs');
    expect(found).toMatchObject({ limit: 5, isReported: false });
    expect(quotaText(found)).toBe('VPCs: 0 of 5 (the default) in use, the stack adds 1');
  });
});

test.each<[ReturnType<typeof fits>, Partial<QuotaCheck>]>([
  ['yes', {}],
  ['no', { used: 5 }],
  ['once', { name: 'fargateCpus', used: 0, added: 4, duringDeployment: 4, limit: 6 }],
  ['no', { name: 'fargateCpus', used: 3, added: 4, duringDeployment: 4, limit: 6 }],
  ['yes', { limit: undefined, used: 100 }],
])('it fits: %s', (answer, fields) => {
  expect(fits(quota(fields))).toBe(answer);
});

test('the fix requests what is missing', () => {
  expect(quotaFix(quota({ used: 5 }), { region: 'eu-west-1' })).toEqual([
    'aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region eu-west-1',
    'or remove VPCs that are not needed, or choose another region',
  ]);
  const cpus = quota({ name: 'fargateCpus', used: 0.25, added: 4, duringDeployment: 4 });
  expect(quotaFix(cpus, { region: 'eu-west-1' })[0]).toMatch(/--desired-value 9 /);
});

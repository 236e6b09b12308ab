// Resources that no tag filter returns yet are requested by their recorded ids. Other resources are not requested by id.
import {
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { look as lookAt } from '../../../../lib/engine/survey.ts';
import { fetchSpeculatively } from '../../../../lib/look/recorded.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { tagFields, toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const { ec2 } = mocks;

describe('the recorded ids of a noun', () => {
  const recorded = recordedIn({
    subnets: { subnetId: 'subnet-0' },
    'subnets.public-1': { subnetId: 'subnet-a', zone: 'eu-west-1a' },
    'record.api.example.com': { recordName: 'api.example.com' },
    subnetsOfOthers: { subnetId: 'subnet-9' },
  });

  test.each([
    ['subnets' as const, ['', 'public-1']],
    ['record' as const, ['api.example.com']],
    ['vpc' as const, []],
  ])('have only the keys of that noun: %s', (noun, keys) => {
    expect([...(recorded?.(noun) ?? []).keys()]).toEqual(keys);
  });

  test('are current at every call, even after the last id is forgotten during a run', () => {
    const resources: Record<string, Record<string, string>> = { vpc: { vpcId: 'vpc-1' } };
    const current = recordedIn(resources);
    delete resources['vpc'];
    expect(current?.('vpc')).toEqual(new Map());
  });

  test('are undefined when the state is empty at the start of the run', () => {
    expect(recordedIn({})).toBeUndefined();
  });
});

/** For each noun: its recorded ids, the resource in a response, and the command that requests it by id. */
const cases = [
  {
    noun: 'vpc',
    key: '',
    command: DescribeVpcsCommand,
    ids: { vpcId: 'vpc-1' },
    list: 'Vpcs',
    resource: { VpcId: 'vpc-1' },
    byId: { VpcIds: ['vpc-1'] },
    notFoundCode: 'InvalidVpcID.NotFound',
  },
  {
    noun: 'subnets',
    key: 'public-1',
    command: DescribeSubnetsCommand,
    ids: { subnetId: 'subnet-a', zone: 'eu-west-1a' },
    list: 'Subnets',
    resource: { SubnetId: 'subnet-a' },
    byId: { SubnetIds: ['subnet-a'] },
    notFoundCode: 'InvalidSubnetID.NotFound',
  },
  {
    noun: 'internetGateway',
    key: '',
    command: DescribeInternetGatewaysCommand,
    ids: { internetGatewayId: 'igw-1' },
    list: 'InternetGateways',
    resource: { InternetGatewayId: 'igw-1' },
    byId: { InternetGatewayIds: ['igw-1'] },
    notFoundCode: 'InvalidInternetGatewayID.NotFound',
  },
  {
    noun: 'elasticIp',
    key: '',
    command: DescribeAddressesCommand,
    ids: { allocationId: 'eipalloc-1' },
    list: 'Addresses',
    resource: { AllocationId: 'eipalloc-1' },
    byId: { AllocationIds: ['eipalloc-1'] },
    notFoundCode: 'InvalidAllocationID.NotFound',
  },
  {
    noun: 'natGateway',
    key: '',
    command: DescribeNatGatewaysCommand,
    ids: { natGatewayId: 'nat-1' },
    list: 'NatGateways',
    resource: { NatGatewayId: 'nat-1', State: 'pending' },
    byId: { NatGatewayIds: ['nat-1'] },
    notFoundCode: 'NatGatewayNotFound',
  },
  {
    noun: 'publicRoutes',
    key: '',
    command: DescribeRouteTablesCommand,
    ids: { routeTableId: 'rtb-1' },
    list: 'RouteTables',
    resource: { RouteTableId: 'rtb-1' },
    byId: { RouteTableIds: ['rtb-1'] },
    notFoundCode: 'InvalidRouteTableID.NotFound',
  },
  {
    noun: 'privateRoutes',
    key: 'private-1',
    command: DescribeRouteTablesCommand,
    ids: { routeTableId: 'rtb-2' },
    list: 'RouteTables',
    resource: { RouteTableId: 'rtb-2' },
    byId: { RouteTableIds: ['rtb-2'] },
    notFoundCode: 'InvalidRouteTableID.NotFound',
  },
  {
    noun: 'securityGroups',
    key: 'balancer',
    command: DescribeSecurityGroupsCommand,
    ids: { groupId: 'sg-1' },
    list: 'SecurityGroups',
    resource: { GroupId: 'sg-1' },
    byId: { GroupIds: ['sg-1'] },
    notFoundCode: 'InvalidGroup.NotFound',
  },
] as const;

describe.each(cases)(
  'the look for $noun',
  ({ noun, key, ids, list, resource, byId, notFoundCode, command }) => {
    const address = key === '' ? noun : `${noun}.${key}`;
    const lookContext = () => ({ ...lookContextOf(), recorded: recordedIn({ [address]: { ...ids } }) });
    const look = async () => [...(await lookAt(noun, lookContext())).keys()];
    const on = (input?: object) => ec2.on(command, input);
    const callsById = () =>
      sentCalls()
        .map(({ input }) => input as Record<string, unknown>)
        .filter((input) => Object.keys(byId).some((field) => input[field] !== undefined));
    const tags = ourTags(noun, key);

    beforeEach(() => {
      on().resolves({});
      ec2.on(DescribeVpcAttributeCommand).resolves({});
    });

    test('finds a resource by its recorded id before any filter does', async () => {
      on(byId).resolves({ [list]: [{ ...resource, Tags: toPascalCaseTags(tags) }] });
      expect(await look()).toEqual([key]);
      expect(callsById()).toEqual([byId]);
    });

    test('requests nothing by id when the filter returns the resource', async () => {
      on().resolves({ [list]: [{ ...resource, Tags: toPascalCaseTags(tags) }] });
      expect(await look()).toEqual([key]);
      expect(callsById()).toEqual([]);
    });

    test('treats "not found" as a deleted resource', async () => {
      on(byId).rejects(awsError(notFoundCode));
      expect(await look()).toEqual([]);
    });

    test.each([notFoundCode.replace('NotFound', 'Malformed'), 'InvalidParameterValue', 'InvalidID'])(
      'also treats an invalid id (%s) as a deleted resource, since the state is only a hint',
      async (code) => {
        on(byId).rejects(awsError(code));
        expect(await look()).toEqual([]);
      },
    );

    test('fails with any other error, since a resource that cannot be seen may exist', async () => {
      const denied = awsError('UnauthorizedOperation', 'no', 403);
      on(byId).rejects(denied);
      await expect(look()).rejects.toBe(denied);
    });

    test('does not count a resource with the tags of another stack as ours, recorded or not', async () => {
      on(byId).resolves({
        [list]: [{ ...resource, Tags: toPascalCaseTags({ ...tags, 'slipway:stack': 'other-dev' }) }],
      });
      expect(await look()).toEqual([]);
    });

    test('treats a recorded resource as ours even if it has lost our tags, and assumes these tags', async () => {
      on(byId).resolves({ [list]: [{ ...resource, Tags: toPascalCaseTags({ team: 'orders' }) }] });
      const found = await lookAt(noun, lookContext());
      const foundTags = found.get(key)?.tags ?? {};
      const { Name: _, ...others } = tags;
      expect([...found.keys()]).toEqual([key]);
      expect(foundTags).toEqual(expect.objectContaining({ team: 'orders', ...others }));
      expect(tagFields(foundTags)).toEqual({ 'tag.team': 'orders' });
    });

    test('takes the key from the state if a resource has lost the tag with its key', async () => {
      const { 'slipway:key': _, ...others } = tags;
      on().resolves({ [list]: [{ ...resource, Tags: toPascalCaseTags(others) }] });
      const found = await lookAt(noun, lookContext());
      expect([...found.keys()]).toEqual([key]);
      expect(tagFields(found.get(key)?.tags ?? {})).toEqual(tagFields(others));
    });

    test('does not count an untagged resource as ours when another resource has its key', async () => {
      const [[field, id] = ['', '']] = Object.entries(resource);
      on().resolves({ [list]: [{ ...resource, [field]: `${id}-ours`, Tags: toPascalCaseTags(tags) }] });
      on(byId).resolves({ [list]: [{ ...resource, Tags: [] }] });
      const found = [...(await lookAt(noun, lookContext()))];
      expect(found).toEqual([[key, expect.objectContaining({ tags })]]);
      expect(Object.values(found[0]?.[1] ?? {})).toContain(`${id}-ours`);
    });
  },
);

test('a recorded NAT gateway that AWS lists as deleted counts as absent', async () => {
  const Tags = toPascalCaseTags(ourTags('natGateway'));
  ec2.on(DescribeNatGatewaysCommand).resolves({});
  ec2
    .on(DescribeNatGatewaysCommand, { NatGatewayIds: ['nat-1'] })
    .resolves({ NatGateways: [{ NatGatewayId: 'nat-1', State: 'deleted', Tags }] });
  const lookContext = { ...lookContextOf(), recorded: recordedIn({ natGateway: { natGatewayId: 'nat-1' } }) };
  expect(await lookAt('natGateway', lookContext)).toEqual(new Map());
});

describe('a speculative look by a recorded id', () => {
  const recorded = recordedIn({ loadBalancer: { loadBalancerArn: 'arn:1' } });
  const lookSpeculatively = async (found: string | undefined, refused?: string) => {
    const requestedIds: string[] = [];
    const answer = await fetchSpeculatively(
      { recorded },
      'loadBalancer',
      async () => {
        // The request is sent before the id is known.
        expect(requestedIds).toEqual(['arn:1']);
        return found;
      },
      async (id) => {
        requestedIds.push(id);
        if (id === refused) throw awsError('AccessDenied');
        return `about ${id}`;
      },
    );
    return { requestedIds, answer };
  };

  test('is the only one if the recorded id is current', async () => {
    expect(await lookSpeculatively('arn:1')).toEqual({ requestedIds: ['arn:1'], answer: 'about arn:1' });
    await expect(lookSpeculatively('arn:1', 'arn:1')).rejects.toThrow();
  });

  test('is repeated if AWS returns another id, whatever the first look returned', async () => {
    expect(await lookSpeculatively('arn:2', 'arn:1')).toEqual({
      requestedIds: ['arn:1', 'arn:2'],
      answer: 'about arn:2',
    });
  });

  test('returns undefined for a missing resource', async () => {
    expect(await lookSpeculatively(undefined, 'arn:1')).toEqual({
      requestedIds: ['arn:1'],
      answer: undefined,
    });
  });

  test('waits for the id if no id is recorded', async () => {
    const order: string[] = [];
    const find = async () => (order.push('found'), 'arn:1');
    const ask = async (id: string) => void order.push(`asked ${id}`);
    await fetchSpeculatively({}, 'loadBalancer', find, ask);
    expect(order).toEqual(['found', 'asked arn:1']);
  });
});

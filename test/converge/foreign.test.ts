// Someone else's resource under a name that the stack uses is not changed, unless --adopt makes the resource part of the stack.
import { describe, expect, test } from '@jest/globals';
import {
  AllocateAddressCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import { RemoveTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { account, type Account } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { testSample } from '../sample.ts';
import { stack, web } from './stacks.ts';
import {
  foreignResources,
  retaggableResources,
  tagForOtherStack,
  type ForeignResource,
  type AddTag,
} from './foreign-resources.ts';

const foreignCases = (what: string) =>
  foreignResources.map((resource): [string, ForeignResource] => [
    `someone else's ${resource.address} ${what}`,
    resource,
  ]);

testSample(
  foreignCases('is reported with its owner and left alone'),
  async (_what, { address, create, stack: desired = stack() }) => {
    const user = await account();
    await create(user.aws);
    const before = user.census();
    const foreignProblem = {
      code: 'FOREIGN',
      why: expect.stringMatching(new RegExp(`^${address}: it has our name`)),
    };
    await expect(user.plan(desired)).rejects.toMatchObject(foreignProblem);
    await expect(user.provision(desired)).rejects.toMatchObject(foreignProblem);
    await expect(user.drift(desired)).rejects.toMatchObject(foreignProblem);
    await user.teardown(desired);
    expect(user.census()).toEqual(before);
  },
);

testSample(
  foreignCases('belongs to the stack after it is adopted'),
  async (_what, { address, create, stack: desired = stack(), remaining = {} }) => {
    const user = await account();
    await create(user.aws);
    const plan = await user.plan(desired, { adopt: [address] });
    expect(plan.find((change) => change.address === address)).toMatchObject({
      verb: 'update',
      reason: expect.stringMatching(
        /^taken over: it has our name but not our tags: someone else created it( on \d{4}-\d\d-\d\d)?(, tagged team=orders)?$/,
      ),
    });
    await user.provision(desired, { adopt: [address] });
    expect(await user.plan(desired)).toEqual([]);
    // Repeats the command, as a user does after an interrupted run.
    expect(await user.provision(desired, { adopt: [address] })).toEqual({ done: [], calls: [] });
    await user.teardown(desired);
    expect(user.census()).toEqual(remaining);
  },
);

testSample(
  retaggableResources.map(([address, addTag]): [string, string, AddTag] => [
    `${address} is reported and left alone once it belongs to another stack, and can be adopted again`,
    address,
    addTag,
  ]),
  async (_what, address, addTag) => {
    const user = await provisionedAccount(stack());
    await tagForOtherStack(user, address, addTag);
    const why = expect.stringMatching(new RegExp(`${address}: it belongs to the stack other-prod`));
    await expect(user.plan(stack())).rejects.toMatchObject({ code: 'FOREIGN', why });
    await expect(user.provision(stack())).rejects.toMatchObject({ code: 'FOREIGN', why });
    await user.provision(stack(), { adopt: [address] });
    expect(await user.plan(stack())).toEqual([]);
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  },
);

test('adopting an address that has no foreign resource is refused', async () => {
  const user = await account();
  await expect(user.plan(stack(), { adopt: ['vpc'] })).rejects.toMatchObject({
    code: 'ARGUMENTS',
    what: 'There is nothing to adopt at vpc.',
    fix: [
      'Run npm run provision -- --plan without --adopt: it lists the resources to adopt, if there are any.',
    ],
  });
  expect(user.census()).toEqual({});
});

describe('a resource that lost its tags and is no longer desired still belongs to the stack', () => {
  const removeTags = async (user: Account, address: string, field: string) => {
    const arn = user.ids()[address]?.[field] ?? '';
    const TagKeys = ['Name', 'slipway:stack', 'slipway:step', 'slipway:key'];
    await user.aws.elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys }));
  };

  test('a replaced target group without tags is removed', async () => {
    const user = await provisionedAccount(stack());
    await removeTags(user, 'targetGroups.web-api1', 'targetGroupArn');
    const after = stack({ services: web({ api1: { port: 5050 } }) });
    await user.provision(after);
    expect(await user.plan(after)).toEqual([]);
    await user.teardown(after);
    expect(user.census()).toEqual({});
  });

  test('a provision removes a surplus rule without tags, and a teardown removes a surplus target group without tags', async () => {
    const user = await provisionedAccount(stack());
    const ruleCount = user.census()['elbv2.rules'];
    await removeTags(user, 'rules.web-api1', 'ruleArn');
    await user.provision(stack({ services: web({ api1: { path: '/other' } }) }));
    expect(user.census()['elbv2.rules']).toBe(ruleCount);
    await removeTags(user, 'targetGroups.web-api1', 'targetGroupArn');
    await user.teardown(stack({ services: web({ api1: { port: 5050 } }) }));
    expect(user.census()).toEqual({});
  });
});

test('foreign resources whose ids are in the state file are still foreign', async () => {
  const user = await provisionedAccount(stack());
  const { ec2 } = user.aws;
  const ids = user.ids();
  const { AllocationId: allocationId = '' } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  const { Vpc: { VpcId: vpcId = '' } = {} } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }),
  );
  const { GroupId: groupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'theirs', Description: 'theirs', VpcId: vpcId }),
  );
  const { InternetGateway: { InternetGatewayId: internetGatewayId = '' } = {} } = await ec2.send(
    new CreateInternetGatewayCommand({}),
  );
  const foreignIds = {
    vpc: { vpcId },
    elasticIp: { ...ids['elasticIp'], allocationId },
    internetGateway: { internetGatewayId },
    'securityGroups.web': { groupId },
  };
  const before = user.census();
  user.writeState({ ...ids, ...foreignIds });
  expect(await user.plan(stack())).toEqual([]);
  expect(await user.provision(stack())).toEqual({ done: [], calls: [] });
  expect(user.ids()).toEqual(ids);
  expect(user.census()).toEqual(before);
  user.writeState({ ...ids, ...foreignIds });
  await user.teardown(stack());
  expect(user.census()).toMatchObject({ 'ec2.vpcs': 1, 'ec2.addresses': 1, 'ec2.internetGateways': 1 });
});

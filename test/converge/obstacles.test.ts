// Obstacles to a teardown are found before the first removal, and each is listed with the command that removes it.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DeleteNetworkAclCommand,
  DeleteSecurityGroupCommand,
} from '@aws-sdk/client-ec2';
import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import { addInterface } from '../../sandbox/aws/ec2/network-interfaces.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { type Account } from './harness.ts';
import { accountWithHook } from './journal-hook.ts';
import { stack } from './stacks.ts';

const idOf = (user: Account, address: string, field: string) => user.ids()[address]?.[field] ?? '';

/** Expects that a teardown is refused, and that it has removed nothing. Returns the parts of the problem. */
async function expectBlocked(
  user: Account,
): Promise<{ what: string; why: string; now: string; fix: string[] }> {
  const countMutations = () => user.sandbox.journal.entries().filter(({ mutating }) => mutating).length;
  const mutationsBefore = countMutations();
  const error: unknown = await user.teardown(stack()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'BLOCKED', now: 'Nothing was changed.' });
  expect(countMutations()).toBe(mutationsBefore);
  return error as Awaited<ReturnType<typeof expectBlocked>>;
}

/** The options that make a command of the AWS CLI call the sandbox. */
const sandboxOptions = ({ sandbox }: Account) => `--region eu-west-1 --endpoint-url ${sandbox.url}`;

const setProtection = (user: Account, Value: 'true' | 'false') =>
  user.aws.elb.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerArn: idOf(user, 'loadBalancer', 'loadBalancerArn'),
      Attributes: [{ Key: 'deletion_protection.enabled', Value }],
    }),
  );

async function runTask(user: Account): Promise<string> {
  const { tasks: [task] = [] } = await user.aws.ecs.send(
    new RunTaskCommand({
      cluster: 'shop-dev',
      taskDefinition: 'shop-dev-web',
      launchType: 'FARGATE',
      startedBy: 'ann',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [idOf(user, 'subnets.private-1', 'subnetId')],
          securityGroups: [idOf(user, 'securityGroups.web', 'groupId')],
        },
      },
    }),
  );
  return task?.taskArn?.split('/').at(-1) ?? '';
}

async function createReferringGroup(user: Account): Promise<string> {
  const { GroupId = '' } = await user.aws.ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: 'their-db',
      Description: 'a database',
      VpcId: idOf(user, 'vpc', 'vpcId'),
    }),
  );
  const peer = idOf(user, 'securityGroups.web', 'groupId');
  await user.aws.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: peer }] },
      ],
    }),
  );
  return GroupId;
}

const createInterface = async (user: Account): Promise<string> => {
  const { NetworkInterface } = await user.aws.ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: idOf(user, 'subnets.private-1', 'subnetId'),
      Groups: [idOf(user, 'securityGroups.web', 'groupId')],
      Description: "another user's lambda",
    }),
  );
  return NetworkInterface?.NetworkInterfaceId ?? '';
};

describe('a teardown stops before the first removal', () => {
  test('at a protected load balancer, and removes everything once the protection is lifted', async () => {
    const user = await provisionedAccount(stack());
    await setProtection(user, 'true');
    const { what, why, fix } = await expectBlocked(user);
    expect(what).toBe('1 obstacle would keep shop-dev from being removed.');
    expect(why).toBe(
      'The load balancer shop-dev has deletion protection, although protect is not set in the configuration.',
    );
    const arn = idOf(user, 'loadBalancer', 'loadBalancerArn');
    expect(fix[0]).toBe(
      `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ${arn} --attributes Key=deletion_protection.enabled,Value=false ${sandboxOptions(user)}`,
    );
    await setProtection(user, 'false');
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test('at a load balancer that the configuration protects, until protect is removed and provisioned', async () => {
    const user = await provisionedAccount(stack());
    const protectedStack = stack({ protect: true });
    await user.provision(protectedStack);
    const refused = {
      code: 'BLOCKED',
      why: 'The load balancer shop-dev is protected from deletion, because protect is true in the configuration.',
      fix: [
        'Remove protect from slipway.config.ts, and run npm run provision.',
        'npm run teardown, once nothing is in the way',
      ],
    };
    await expect(user.teardown(protectedStack)).rejects.toMatchObject(refused);
    await setProtection(user, 'false');
    await expect(user.teardown(protectedStack)).rejects.toMatchObject(refused);
    await user.provision(protectedStack);
    await expect(user.teardown(stack())).rejects.toMatchObject({ code: 'BLOCKED' });
    await user.provision(stack());
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test("at a task that someone started in the stack's cluster", async () => {
    const user = await provisionedAccount(stack());
    const task = await runTask(user);
    const { why, fix } = await expectBlocked(user);
    expect(why).toBe(
      `task ${task} (group family:shop-dev-web, started by ann) runs in the cluster shop-dev, and none of our services started it`,
    );
    expect(fix[0]).toBe(`aws ecs stop-task --cluster shop-dev --task ${task} ${sandboxOptions(user)}`);
    await user.aws.ecs.send(new StopTaskCommand({ cluster: 'shop-dev', task }));
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test("at a rule of someone else's security group that refers to a group of the stack", async () => {
    const user = await provisionedAccount(stack());
    const group = await createReferringGroup(user);
    const { why, fix } = await expectBlocked(user);
    expect(why.split('\n')).toEqual([
      `security group ${group} (their-db)`,
      expect.stringMatching(
        new RegExp(
          `^rule sgr-[0-9a-f]+ of ${group} \\(their-db\\) allows tcp 5432 in from ${idOf(user, 'securityGroups.web', 'groupId')}$`,
        ),
      ),
    ]);
    expect(fix).toContain(`aws ec2 delete-security-group --group-id ${group} ${sandboxOptions(user)}`);
    expect(fix).toContainEqual(
      expect.stringMatching(
        `^aws ec2 revoke-security-group-ingress --group-id ${group} --security-group-rule-ids sgr-[0-9a-f]+ --region`,
      ),
    );
    await user.aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: group }));
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test("at someone else's network ACL", async () => {
    const user = await provisionedAccount(stack());
    const { NetworkAcl } = await user.aws.ec2.send(
      new CreateNetworkAclCommand({ VpcId: idOf(user, 'vpc', 'vpcId') }),
    );
    const id = NetworkAcl?.NetworkAclId;
    const { why, fix } = await expectBlocked(user);
    expect(why).toBe(`network ACL ${id}`);
    expect(fix[0]).toBe(`aws ec2 delete-network-acl --network-acl-id ${id} ${sandboxOptions(user)}`);
    await user.aws.ec2.send(new DeleteNetworkAclCommand({ NetworkAclId: id }));
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test("at someone else's listener that forwards to a target group of the stack", async () => {
    const user = await provisionedAccount(stack());
    const group = idOf(user, 'targetGroups.web-api1', 'targetGroupArn');
    await user.aws.elb.send(new DeleteRuleCommand({ RuleArn: idOf(user, 'rules.web-api1', 'ruleArn') }));
    const { LoadBalancers: [theirs] = [] } = await user.aws.elb.send(
      new CreateLoadBalancerCommand({
        Name: 'theirs',
        Subnets: ['public-1', 'public-2'].map((key) => idOf(user, `subnets.${key}`, 'subnetId')),
      }),
    );
    const LoadBalancerArn = theirs?.LoadBalancerArn;
    const { Listeners: [listener] = [] } = await user.aws.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
      }),
    );
    const { why, fix } = await expectBlocked(user);
    expect(why.split('\n')[0]).toBe(
      `listener ${listener?.ListenerArn?.split('/').at(-1)} of the load balancer theirs forwards to the target group ${group.split('/').at(-2)} by default`,
    );
    expect(fix[0]).toBe(
      `aws elbv2 delete-listener --listener-arn ${listener?.ListenerArn} ${sandboxOptions(user)}`,
    );
    await user.aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  });

  test("at several obstacles, and one problem lists them all: a network interface, a protected load balancer and someone's subnet", async () => {
    const user = await provisionedAccount(stack());
    const eni = await createInterface(user);
    await setProtection(user, 'true');
    const { Subnet } = await user.aws.ec2.send(
      new CreateSubnetCommand({ VpcId: idOf(user, 'vpc', 'vpcId'), CidrBlock: '10.0.250.0/24' }),
    );
    const { what, why, fix } = await expectBlocked(user);
    expect(what).toBe('3 obstacles would keep shop-dev from being removed.');
    expect(why.split('\n')).toEqual([
      'The load balancer shop-dev has deletion protection, although protect is not set in the configuration.',
      `network interface ${eni} (another user's lambda) uses ${idOf(user, 'subnets.private-1', 'subnetId')}, ${idOf(user, 'securityGroups.web', 'groupId')}`,
      `subnet ${Subnet?.SubnetId} (10.0.250.0/24)`,
    ]);
    expect(fix).toContain(
      `aws ec2 delete-network-interface --network-interface-id ${eni} ${sandboxOptions(user)}`,
    );
    expect(fix.at(-1)).toBe('npm run teardown, once nothing is in the way');
  });
});

test('the plan of a teardown lists the obstacles that would stop the teardown', async () => {
  const user = await provisionedAccount(stack());
  await setProtection(user, 'true');
  const { exitCode, json } = await user.teardown(stack(), { plan: true });
  expect(exitCode).toBe(2);
  expect(json).toMatchObject({
    obstacles: [
      {
        text: 'The load balancer shop-dev has deletion protection, although protect is not set in the configuration.',
      },
    ],
  });
});

test("the stack's own resources are not obstacles", async () => {
  const user = await provisionedAccount(stack());
  expect(await user.teardown(stack(), { plan: true })).toMatchObject({ json: { obstacles: [] } });
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});

describe('an obstacle that appears during a teardown', () => {
  test("another user's network interface is named when AWS first refuses a delete, and the resources that it does not use are removed", async () => {
    let eni = '';
    const { user } = await accountWithHook('DeleteService', (region, stackUser) => {
      const resources = stackUser.ids();
      const request = {
        subnetId: resources['subnets.private-1']?.['subnetId'] ?? '',
        groups: [resources['securityGroups.web']?.['groupId'] ?? ''],
        description: "another user's lambda",
        interfaceType: 'interface',
      };
      eni = addInterface(region, request).NetworkInterfaceId;
    });
    user.sandbox.journal.clear();
    const subnet = idOf(user, 'subnets.private-1', 'subnetId');
    const group = idOf(user, 'securityGroups.web', 'groupId');
    const error: unknown = await user.teardown(stack()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STEPS_FAILED' });
    const { why } = error as { why: string };
    expect(why).toContain(`${subnet} is still in use, so it cannot be removed. network interface ${eni}`);
    expect(why).toContain(`${group} is still in use, so it cannot be removed. network interface ${eni}`);
    const deletes = user.sandbox.journal
      .entries()
      .filter(({ operation, result }) => operation === 'DeleteSubnet' && result !== 'ok');
    expect(deletes).toHaveLength(1);
    expect(user.census()).toMatchObject({ 'ec2.networkInterfaces': 1, 'ec2.subnets': 1, 'ec2.vpcs': 1 });
    expect(Object.keys(user.census()).filter((kind) => !kind.startsWith('ec2.'))).toEqual([]);
  });
});

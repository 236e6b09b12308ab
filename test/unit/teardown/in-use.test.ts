// AWS refuses to delete a resource that is in use: if a stranger's resource uses it, the run reports that at once; otherwise, the run waits.
import {
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { removeWhenUnused, dependentsInVpc } from '../../../teardown/in-use.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  ourTags,
  removeContextOf,
  sentCalls,
} from '../step-harness.ts';

const existing = {
  groupId: 'sg-web',
  vpcId: 'vpc-1',
  ingress: [],
  egress: [],
  tags: ourTags('securityGroups', 'web'),
};
const { groupId, vpcId } = existing;
const ATTACHMENT = '11111111-2222-4333-8444-555555555555';

const mockInterfaces = (...NetworkInterfaces: NetworkInterface[]) =>
  mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({ NetworkInterfaces });
const interfaceWith = (more: NetworkInterface = {}): NetworkInterface => ({
  NetworkInterfaceId: 'eni-1',
  SubnetId: 'subnet-1',
  Groups: [{ GroupId: groupId, GroupName: 'shop-dev-web' }],
  ...more,
});

/** Deletes the security group, as its removal does. */
function deleteGroup(): Promise<void> {
  const context = removeContextOf(
    { noun: 'securityGroups', found: { securityGroups: { web: existing } } },
    existing,
  );
  return removeWhenUnused(
    context,
    groupId,
    () => dependentsInVpc(context, { id: groupId, vpcId }),
    (options) => context.aws.ec2(new DeleteSecurityGroupCommand({ GroupId: groupId }), options),
  );
}
const deleteCount = () => sentCalls().filter(({ command }) => command === 'DeleteSecurityGroup').length;

beforeEach(() => {
  mockOtherCallsAsEmpty();
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: vpcId }] });
});

test('after a successful delete, AWS is not asked what uses the resource', async () => {
  await deleteGroup();
  expect(sentCalls().map(({ command }) => command)).toEqual(['DeleteSecurityGroup']);
});

describe.each(['DependencyViolation', 'InvalidGroup.InUse'])('a delete that is refused with %s', (code) => {
  test("names a stranger's interface at once, with the command that removes it", async () => {
    const error = awsError(code);
    mocks.ec2.on(DeleteSecurityGroupCommand).rejects(error);
    mockInterfaces(
      interfaceWith({ Description: "another user's lambda" }),
      interfaceWith({ NetworkInterfaceId: 'eni-2', Groups: [{ GroupId: 'sg-other' }] }),
    );
    await expect(deleteGroup()).rejects.toMatchObject({
      code: 'FOREIGN',
      what: `${groupId} is still in use, so it cannot be removed.`,
      why: `network interface eni-1 (another user's lambda) uses subnet-1, ${groupId}`,
      now: 'It is kept, and so are the resources that use it.',
      fix: [
        'aws ec2 delete-network-interface --network-interface-id eni-1 --region eu-west-1',
        'Then run the same command again, to finish.',
      ],
      cause: expect.objectContaining({ name: error.name }),
    });
    expect(deleteCount()).toBe(1);
  });

  test.each([
    ['load balancer', { Description: 'ELB app/orders/50dc6c495c0c9188', RequesterManaged: true }],
    ['database', { Description: 'RDSNetworkInterface', RequesterManaged: true }],
    ['instance', { Status: 'in-use', Attachment: { InstanceId: 'i-1' } }],
  ] as const)(
    "names the interface of a stranger's %s at once, with the command that shows the interface",
    async (_, more) => {
      mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError(code));
      mockInterfaces(interfaceWith(more));
      await expect(deleteGroup()).rejects.toMatchObject({
        code: 'FOREIGN',
        fix: expect.arrayContaining([
          'aws ec2 describe-network-interfaces --network-interface-ids eni-1 --region eu-west-1',
        ]),
      });
      expect(deleteCount()).toBe(1);
    },
  );

  test.each([
    ["the stack's load balancer", 'ELB app/shop-dev/50dc6c495c0c9188'],
    ["the stack's tasks", `arn:aws:ecs:eu-west-1:111122223333:attachment/${ATTACHMENT}`],
    ['a NAT gateway', 'Interface for NAT Gateway nat-1'],
  ])('waits while the interface of %s disappears', async (_, Description) => {
    mocks.ec2
      .on(DeleteSecurityGroupCommand)
      .rejectsOnce(awsError(code))
      .rejectsOnce(awsError(code))
      .resolves({});
    mockInterfaces(interfaceWith({ Description, RequesterManaged: true, Status: 'in-use' }));
    await deleteGroup();
    expect(deleteCount()).toBe(3);
    // The interfaces are looked up only once, although the delete is refused twice.
    expect(sentCalls().filter(({ command }) => command === 'DescribeVpcs')).toHaveLength(1);
  });

  test("names another user's task in the stack's cluster, and not the interface of the task", async () => {
    mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError(code));
    mockInterfaces(
      interfaceWith({ Description: `arn:aws:ecs:eu-west-1:111122223333:attachment/${ATTACHMENT}` }),
    );
    const taskArn = 'arn:aws:ecs:eu-west-1:111122223333:task/shop-dev/0123';
    mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [taskArn] });
    mocks.ecs.on(DescribeTasksCommand).resolves({
      tasks: [{ taskArn, group: 'family:job', startedBy: 'ann', attachments: [{ id: ATTACHMENT }] }],
    });
    await expect(deleteGroup()).rejects.toMatchObject({
      why: 'task 0123 (group family:job, started by ann) runs in the cluster shop-dev, and none of our services started it',
      fix: expect.arrayContaining(['aws ecs stop-task --cluster shop-dev --task 0123 --region eu-west-1']),
    });
    expect(deleteCount()).toBe(1);
  });

  test("names the rule of a stranger's group at once, since such a rule never disappears on its own", async () => {
    mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError(code));
    mocks.ec2
      .on(DescribeSecurityGroupsCommand, {
        Filters: [{ Name: 'egress.ip-permission.group-id', Values: [groupId] }],
      })
      .resolves({ SecurityGroups: [{ GroupId: 'sg-db', GroupName: 'their-db' }] });
    mocks.ec2.on(DescribeSecurityGroupRulesCommand).resolves({
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: 'sgr-1',
          GroupId: 'sg-db',
          IsEgress: true,
          IpProtocol: '-1',
          ReferencedGroupInfo: { GroupId: groupId },
        },
        {
          SecurityGroupRuleId: 'sgr-2',
          GroupId: 'sg-db',
          IsEgress: true,
          IpProtocol: '-1',
          CidrIpv4: '0.0.0.0/0',
        },
      ],
    });
    await expect(deleteGroup()).rejects.toMatchObject({
      why: `rule sgr-1 of sg-db (their-db) allows all traffic out to ${groupId}`,
      fix: expect.arrayContaining([
        'aws ec2 revoke-security-group-egress --group-id sg-db --security-group-rule-ids sgr-1 --region eu-west-1',
      ]),
    });
    expect(deleteCount()).toBe(1);
  });

  test('names the interface that uses the resource, even one that AWS manages, after the wait has timed out', async () => {
    mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError(code));
    mockInterfaces(
      interfaceWith({ Description: 'ELB app/shop-dev/50dc6c495c0c9188', RequesterManaged: true }),
    );
    await expect(deleteGroup()).rejects.toMatchObject({
      code: 'FOREIGN',
      why: expect.stringContaining('ELB app/shop-dev/50dc6c495c0c9188'),
    });
    expect(deleteCount()).toBeGreaterThan(100);
  });

  test('fails with the original error if nothing uses the resource', async () => {
    mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError(code, 'in use'));
    await expect(deleteGroup()).rejects.toMatchObject({ name: code, message: 'in use' });
  });
});

test('any other error is thrown unchanged', async () => {
  const error = awsError('UnauthorizedOperation', 'no', 403);
  mocks.ec2.on(DeleteSecurityGroupCommand).rejects(error);
  await expect(deleteGroup()).rejects.toBe(error);
  expect(sentCalls().map(({ command }) => command)).toEqual(['DeleteSecurityGroup']);
});

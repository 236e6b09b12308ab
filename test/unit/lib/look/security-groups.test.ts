// The look for security groups: how it reads AWS's responses.
import { DescribeSecurityGroupsCommand, type IpPermission } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookSecurityGroups } from '../../../../lib/look/security-groups.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const group = (key: string, IpPermissions: IpPermission[] = [], GroupId = `sg-${key}`) => ({
  GroupId,
  GroupName: `shop-dev-${key}`,
  VpcId: 'vpc-1',
  IpPermissions,
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  Tags: toPascalCaseTags(ourTags('securityGroups', key)),
});

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({});
  expect(await lookSecurityGroups(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeSecurityGroups',
      input: { Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] },
    },
  ]);
});

test('our security groups are keyed by their tags, across all pages', async () => {
  mocks.ec2
    .on(DescribeSecurityGroupsCommand, { NextToken: undefined })
    .resolves({ SecurityGroups: [group('balancer')], NextToken: 'more' });
  mocks.ec2
    .on(DescribeSecurityGroupsCommand, { NextToken: 'more' })
    .resolves({ SecurityGroups: [group('web')] });
  const found = await lookSecurityGroups(lookContextOf());
  expect([...found.keys()]).toEqual(['balancer', 'web']);
  expect(found.get('web')).toEqual({
    groupId: 'sg-web',
    vpcId: 'vpc-1',
    ingress: [],
    egress: [{ protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' }],
    tags: ourTags('securityGroups', 'web'),
  });
});

test('a permission becomes one rule per peer, whatever the kind of peer', async () => {
  const permission = {
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 81,
    IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }, { CidrIp: '192.168.0.0/16' }],
    Ipv6Ranges: [{ CidrIpv6: '::/0' }],
    PrefixListIds: [{ PrefixListId: 'pl-1' }],
    UserIdGroupPairs: [{ GroupId: 'sg-b', UserId: '111122223333' }],
  };
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [group('web', [permission])] });
  const rule = { protocol: 'tcp', fromPort: 80, toPort: 81 };
  expect((await lookSecurityGroups(lookContextOf())).get('web')?.ingress).toEqual(
    ['10.0.0.0/8', '192.168.0.0/16', '::/0', 'pl-1', 'sg-b'].map((peer) => ({ ...rule, peer })),
  );
});

test('a second security group with the same key gets a key that is never desired', async () => {
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [group('web'), group('web', [], 'sg-second')] });
  expect([...(await lookSecurityGroups(lookContextOf())).keys()]).toEqual(['web', 'web~2']);
});

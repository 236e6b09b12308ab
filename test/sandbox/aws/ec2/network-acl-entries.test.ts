// The entries of network ACLs: numbered rules per direction, which are created, replaced and deleted one by one.
import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclEntryCommand,
  type CreateNetworkAclEntryRequest,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const { ec2 } = await sandbox();
  const VpcId = await makerOf(ec2).vpc();
  const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  const NetworkAclId = required(NetworkAcl?.NetworkAclId);
  const https = {
    NetworkAclId,
    RuleNumber: 100,
    Egress: false,
    Protocol: '6',
    RuleAction: 'allow',
    CidrBlock: '10.0.0.0/8',
    PortRange: { From: 443, To: 443 },
  } as const;
  return {
    ec2,
    NetworkAclId,
    https,
    add: (input: Partial<CreateNetworkAclEntryRequest> = {}) =>
      ec2.send(new CreateNetworkAclEntryCommand({ ...https, ...input })),
    replace: (input: Partial<CreateNetworkAclEntryRequest> = {}) =>
      ec2.send(new ReplaceNetworkAclEntryCommand({ ...https, ...input })),
    remove: (RuleNumber: number, Egress = false) =>
      ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber, Egress })),
    /** Returns the entries that the account created. */
    entries: async (): Promise<NetworkAclEntry[]> => {
      const command = new DescribeNetworkAclsCommand({ NetworkAclIds: [NetworkAclId] });
      const { NetworkAcls } = await ec2.send(command);
      return required(NetworkAcls?.[0]?.Entries).filter(({ RuleNumber }) => RuleNumber !== 32_767);
    },
  };
}

test('an entry is created, replaced and deleted; each direction has its own numbers', async () => {
  const { add, replace, remove, entries, https } = await scene();
  const { NetworkAclId: _, ...shown } = https;
  await add();
  await add({ Egress: true });
  await add({ RuleNumber: 90 });
  expect(await entries()).toEqual([{ ...shown, Egress: true }, { ...shown, RuleNumber: 90 }, shown]);
  await replace({ RuleAction: 'deny', PortRange: { From: 80, To: 90 } });
  await remove(90);
  await remove(100, true);
  expect(await entries()).toEqual([{ ...shown, RuleAction: 'deny', PortRange: { From: 80, To: 90 } }]);
});

test('an existing number is refused, and an unknown number cannot be replaced or deleted', async () => {
  const { add, replace, remove } = await scene();
  await add();
  expect(await refusalOf(add({ RuleAction: 'deny' }))).toEqual({
    code: 'NetworkAclEntryAlreadyExists',
    message: 'The network acl entry identified by 100 already exists.',
  });
  for (const call of [replace({ Egress: true }), remove(101), remove(100, true)]) {
    expect(await refusalOf(call)).toMatchObject({ code: 'InvalidNetworkAclEntry.NotFound' });
  }
});

test('the last entry of a direction, which denies everything, cannot be created, replaced or deleted', async () => {
  const { add, replace, remove } = await scene();
  for (const call of [
    add({ RuleNumber: 32_767 }),
    add({ RuleNumber: 0 }),
    replace({ RuleNumber: 32_767 }),
    remove(32_767),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ code: 'InvalidParameterValue' });
  }
});

test('blocks are stored in their canonical form, for IPv4 and IPv6', async () => {
  const { add, entries } = await scene();
  await add({ CidrBlock: '100.68.0.18/18' });
  await add({ RuleNumber: 101, CidrBlock: undefined, Ipv6CidrBlock: '2001:DB8:0::/32' });
  expect((await entries()).map(({ CidrBlock, Ipv6CidrBlock }) => CidrBlock ?? Ipv6CidrBlock)).toEqual([
    '100.68.0.0/18',
    '2001:db8::/32',
  ]);
});

test('ports belong to TCP and UDP, types and codes to ICMP, and other protocols have neither', async () => {
  const { add, entries } = await scene();
  const PortRange = { From: 1, To: 2 };
  const IcmpTypeCode = { Type: 8, Code: -1 };
  const ipv6 = { CidrBlock: undefined, Ipv6CidrBlock: '::/0' };
  await add({ RuleNumber: 1, Protocol: '17', PortRange });
  await add({ RuleNumber: 2, Protocol: '1', PortRange: undefined, IcmpTypeCode });
  await add({ RuleNumber: 3, Protocol: '58', PortRange: undefined, IcmpTypeCode, ...ipv6 });
  await add({ RuleNumber: 4, Protocol: '-1', PortRange });
  await add({ RuleNumber: 5, Protocol: '50', PortRange });
  const detailsOf = ({ Protocol, PortRange: ports, IcmpTypeCode: icmp }: NetworkAclEntry) => [
    Protocol,
    ports ?? icmp,
  ];
  expect((await entries()).map(detailsOf)).toEqual([
    ['17', PortRange],
    ['1', IcmpTypeCode],
    ['58', IcmpTypeCode],
    ['-1', undefined],
    ['50', undefined],
  ]);
});

test.each<[string, Partial<CreateNetworkAclEntryRequest>, string]>([
  ['the name of a protocol', { Protocol: 'tcp' }, 'InvalidParameterValue'],
  ['an unknown protocol', { Protocol: '256' }, 'InvalidParameterValue'],
  ['TCP without ports', { PortRange: undefined }, 'MissingParameter'],
  ['a port out of range', { PortRange: { From: 1, To: 65_536 } }, 'InvalidParameterValue'],
  ['a range that ends before it begins', { PortRange: { From: 2, To: 1 } }, 'InvalidParameterValue'],
  ['ICMP without a type', { Protocol: '1' }, 'MissingParameter'],
  ['ICMPv6 over IPv4', { Protocol: '58', IcmpTypeCode: { Type: -1, Code: -1 } }, 'InvalidParameterValue'],
  ['no block', { CidrBlock: undefined }, 'MissingParameter'],
  ['two blocks', { Ipv6CidrBlock: '::/0' }, 'InvalidParameterCombination'],
  ['a malformed block', { CidrBlock: '10.0.0.0' }, 'InvalidParameterValue'],
  ['a malformed IPv6 block', { CidrBlock: undefined, Ipv6CidrBlock: '::/129' }, 'InvalidParameterValue'],
  ['an unknown ACL', { NetworkAclId: 'acl-0' }, 'InvalidNetworkAclID.NotFound'],
])('%s is refused', async (_what, input, code) => {
  const { add } = await scene();
  expect(await refusalOf(add(input))).toMatchObject({ code });
});

test('a direction has at most 20 entries per IP version, including the last entry, which denies everything', async () => {
  const { add } = await scene();
  for (let RuleNumber = 1; RuleNumber <= 19; RuleNumber++) await add({ RuleNumber });
  expect(await refusalOf(add({ RuleNumber: 20 }))).toMatchObject({ code: 'NetworkAclEntryLimitExceeded' });
  await add({ RuleNumber: 20, Egress: true });
  await add({ RuleNumber: 20, CidrBlock: undefined, Ipv6CidrBlock: '::/0' });
});

test.each([
  ['entry.cidr', '10.0.0.0/8'],
  ['entry.egress', 'false'],
  ['entry.port-range.from', '443'],
  ['entry.port-range.to', '443'],
  ['entry.protocol', '6'],
  ['entry.rule-action', 'allow'],
  ['entry.rule-number', '100'],
  ['entry.ipv6-cidr', '::/0'],
  ['entry.icmp.type', '8'],
  ['entry.icmp.code', '0'],
])('the filter %s finds the ACL', async (Name, value) => {
  const { ec2, NetworkAclId, add } = await scene();
  await add();
  const Ipv6CidrBlock = '::/0';
  const IcmpTypeCode = { Type: 8, Code: 0 };
  await add({ RuleNumber: 200, CidrBlock: undefined, Ipv6CidrBlock });
  await add({ RuleNumber: 300, Protocol: '1', IcmpTypeCode });
  const find = async (Value: string) => {
    const Filters = [
      { Name, Values: [Value] },
      { Name: 'network-acl-id', Values: [NetworkAclId] },
    ];
    return (await ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls;
  };
  expect(await find(value)).toHaveLength(1);
  expect(await find('something else')).toEqual([]);
});

// The sandbox's network interfaces: those that AWS services attach, and those that the account creates.
import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type CreateNetworkInterfaceRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { attachInterface, newPublicAddress } from '../../../../sandbox/aws/ec2/network-interfaces.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const { ec2, region } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const subnet = await make.subnet(vpc, '10.0.1.0/28');
  const group = await make.group(vpc);
  return {
    ...started,
    make,
    vpc,
    subnet,
    group,
    attach: (publicIp?: string) =>
      attachInterface(region, {
        subnetId: subnet,
        groups: [group],
        description: 'ELB app/web/50dc6c495c0c9188',
        interfaceType: 'interface',
        requester: 'amazon-elb',
        publicIp,
      }),
    create: async (input: Partial<CreateNetworkInterfaceRequest> = {}) =>
      required(
        (await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet, ...input }))).NetworkInterface,
      ),
    find: async (Name: string, ...Values: string[]) =>
      required(
        (await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values }] })))
          .NetworkInterfaces,
      ),
    remove: (NetworkInterfaceId: string) =>
      ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })),
  };
}

test('an interface attached by a service is in use and managed by that service, and can be found by its fields', async () => {
  const { region, vpc, subnet, group, attach, find } = await scene();
  const ip = newPublicAddress(region);
  const { NetworkInterfaceId } = attach(ip);
  const [shown] = await find('vpc-id', vpc);
  expect(shown).toMatchObject({
    NetworkInterfaceId,
    Status: 'in-use',
    RequesterId: 'amazon-elb',
    RequesterManaged: true,
    Attachment: { InstanceOwnerId: 'amazon-elb', Status: 'attached', DeviceIndex: 1 },
    Association: { IpOwnerId: 'amazon-elb', PublicIp: ip },
    Groups: [{ GroupId: group, GroupName: 'web' }],
    PrivateIpAddress: '10.0.1.4',
    PrivateDnsName: 'ip-10-0-1-4.eu-west-1.compute.internal',
  });
  for (const [name, value] of [
    ['subnet-id', subnet],
    ['group-id', group],
    ['status', 'in-use'],
    ['description', 'ELB app/web/*'],
    ['requester-id', 'amazon-elb'],
    ['requester-managed', 'true'],
    ['interface-type', 'interface'],
    ['attachment.instance-owner-id', 'amazon-elb'],
    ['attachment.attachment-id', required(shown?.Attachment?.AttachmentId)],
    ['private-ip-address', '10.0.1.4'],
    ['addresses.private-ip-address', '10.0.1.4'],
    ['association.public-ip', ip],
    ['addresses.association.public-ip', ip],
    ['availability-zone', 'eu-west-1a'],
  ] as const) {
    expect([name, await find(name, value)]).toEqual([name, [shown]]);
    expect([name, await find(name, 'something else')]).toEqual([name, []]);
  }
});

test('the account cannot delete an interface that a service has attached', async () => {
  const { attach, remove } = await scene();
  const { NetworkInterfaceId } = attach();
  expect(await refusalOf(remove(NetworkInterfaceId))).toEqual({
    code: 'InvalidParameterValue',
    message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
  });
});

test('an interface of the account is created as pending, described as available, and cannot be deleted twice', async () => {
  const { create, find, remove } = await scene();
  const Tags = [{ Key: 'Name', Value: 'mine' }];
  const made = await create({ TagSpecifications: [{ ResourceType: 'network-interface', Tags }] });
  expect(made.Status).toBe('pending');
  const id = required(made.NetworkInterfaceId);
  expect(await find('tag:Name', 'mine')).toMatchObject([
    {
      NetworkInterfaceId: id,
      Status: 'available',
      TagSet: Tags,
      RequesterManaged: false,
      Groups: [{ GroupName: 'default' }],
    },
  ]);
  await remove(id);
  expect(await refusalOf(remove(id))).toEqual({
    code: 'InvalidNetworkInterfaceID.NotFound',
    message: `The networkInterface ID '${id}' does not exist`,
  });
});

test('five addresses of a subnet are reserved, and an interface is refused when all other addresses are in use', async () => {
  const { create } = await scene();
  const ips: (string | undefined)[] = [];
  for (let i = 0; i < 11; i++) ips.push((await create()).PrivateIpAddress);
  expect(ips[0]).toBe('10.0.1.4');
  expect(ips[10]).toBe('10.0.1.14');
  expect(new Set(ips).size).toBe(11);
  expect(await refusalOf(create())).toEqual({
    code: 'InsufficientFreeAddressesInSubnet',
    message: 'The specified subnet does not have enough free addresses to satisfy the request.',
  });
});

test('a free address can be requested for an interface, and becomes free again when the interface is deleted', async () => {
  const { create, remove } = await scene();
  const PrivateIpAddress = '10.0.1.9';
  const { NetworkInterfaceId } = await create({ PrivateIpAddress });
  for (const ip of [PrivateIpAddress, '10.0.1.3', '10.0.1.15', '10.0.2.9']) {
    expect(await refusalOf(create({ PrivateIpAddress: ip }))).toMatchObject({
      code: 'InvalidIPAddress.InUse',
    });
  }
  await remove(required(NetworkInterfaceId));
  await expect(create({ PrivateIpAddress })).resolves.toMatchObject({ PrivateIpAddress });
});

test('an interface is refused unless its subnet and groups exist in the same VPC', async () => {
  const { make, subnet, create } = await scene();
  expect(await refusalOf(create({ SubnetId: 'subnet-0' }))).toMatchObject({
    code: 'InvalidSubnetID.NotFound',
  });
  expect(await refusalOf(create({ Groups: ['sg-0'] }))).toMatchObject({ code: 'InvalidGroup.NotFound' });
  const groupOfOtherVpc = await make.group(await make.vpc());
  expect(await refusalOf(create({ Groups: [groupOfOtherVpc] }))).toEqual({
    code: 'InvalidParameter',
    message: `Security group ${groupOfOtherVpc} and subnet ${subnet} belong to different networks`,
  });
});

test('no two interfaces get the same public address', async () => {
  const { region, attach } = await scene();
  const ips = Array.from({ length: 11 }, () => attach(newPublicAddress(region)).Association?.PublicIp);
  expect(new Set(ips).size).toBe(11);
});

// The sandbox's elastic IPs, through the SDK's client.
import {
  AllocateAddressCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesAttributeCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  type DescribeAddressesRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  const { ec2 } = started;
  return {
    ...started,
    make: makerOf(ec2),
    find: async (input: DescribeAddressesRequest = {}) =>
      required((await ec2.send(new DescribeAddressesCommand(input))).Addresses),
    release: (AllocationId: string) => ec2.send(new ReleaseAddressCommand({ AllocationId })),
  };
}

const accessDenied = {
  code: 'AuthFailure',
  message: 'You do not have permission to access the specified resource.',
};

test('every allocation returns a new address from a range that is not in use on the internet', async () => {
  const { make, find } = await scene();
  const ids = [await make.address(), await make.address()];
  const addresses = await find();
  expect(addresses.map(({ AllocationId }) => AllocationId)).toEqual(ids);
  expect(new Set(addresses.map(({ PublicIp }) => PublicIp)).size).toBe(2);
  for (const { PublicIp } of addresses) expect(PublicIp).toMatch(/^198\.1[89]\.\d+\.\d+$/);
});

test('addresses can be found by id, by IP address and by tag', async () => {
  const { ec2, make, find } = await scene();
  const { AllocationId, PublicIp } = await ec2.send(
    new AllocateAddressCommand({
      TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'Name', Value: 'nat' }] }],
    }),
  );
  await make.address();
  const found = [expect.objectContaining({ AllocationId, PublicIp, Domain: 'vpc' })];
  expect(await find({ AllocationIds: [required(AllocationId)] })).toEqual(found);
  expect(await find({ PublicIps: [required(PublicIp)] })).toEqual(found);
  expect(await find({ Filters: [{ Name: 'tag:Name', Values: ['nat'] }] })).toEqual(found);
  expect(await refusalOf(find({ PublicIps: ['192.0.2.1'] }))).toEqual({
    code: 'InvalidAddress.NotFound',
    message: "Address '192.0.2.1' not found.",
  });
});

test('a sixth address in a region exceeds the quota', async () => {
  const { make, release } = await scene();
  const first = await make.address();
  for (let i = 1; i < 5; i++) await make.address();
  expect(await refusalOf(make.address())).toEqual({
    code: 'AddressLimitExceeded',
    message: 'The maximum number of addresses has been reached.',
  });
  await release(first);
  await make.address();
});

test('an address cannot be released twice', async () => {
  const { make, release } = await scene();
  const id = await make.address();
  await release(id);
  expect(await refusalOf(release(id))).toEqual({
    code: 'InvalidAllocationID.NotFound',
    message: `The allocation ID '${id}' does not exist`,
  });
});

test('a release is refused if it names a network border group other than that of the address', async () => {
  const { ec2, make, find } = await scene();
  const AllocationId = await make.address();
  const [address] = await find();
  const release = (NetworkBorderGroup: string | undefined) =>
    ec2.send(new ReleaseAddressCommand({ AllocationId, NetworkBorderGroup }));
  expect(await refusalOf(release('us-east-1-wl1-bos-wlz-1'))).toEqual({
    code: 'InvalidAddress.NotFound',
    message: `Address '${address?.PublicIp}' not found.`,
  });
  await release(address?.NetworkBorderGroup);
  expect(await find()).toEqual([]);
});

test('an address cannot be released until some seconds after its NAT gateway is deleted', async () => {
  const clock = manualClock();
  const { ec2, make, find, release } = await scene({ clock, pace: 1 });
  const vpc = await make.vpc();
  await make.gateway(vpc);
  const id = await make.address();
  const nat = await make.nat(await make.subnet(vpc), id);
  clock.advance(120_000);
  const [held] = await find();
  expect(held).toMatchObject({ PrivateIpAddress: '10.0.1.4', AssociationId: expect.any(String) });
  const AssociationId = held?.AssociationId;
  const disassociate = () => ec2.send(new DisassociateAddressCommand({ AssociationId }));
  expect(await refusalOf(release(id))).toEqual(accessDenied);
  expect(await refusalOf(disassociate())).toEqual(accessDenied);
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat }));
  expect(await refusalOf(release(id))).toEqual(accessDenied);
  clock.advance(55_000);
  expect((await find())[0]?.AssociationId).toBeUndefined();
  expect(await refusalOf(disassociate())).toMatchObject({ code: 'InvalidAssociationID.NotFound' });
  expect(await refusalOf(release(id))).toEqual(accessDenied);
  clock.advance(5_000);
  await release(id);
});

test('an address has no reverse DNS name', async () => {
  const { ec2, make } = await scene();
  const id = await make.address();
  const { Addresses } = await ec2.send(
    new DescribeAddressesAttributeCommand({ AllocationIds: [id], Attribute: 'domain-name' }),
  );
  expect(Addresses).toEqual([{ AllocationId: id, PublicIp: expect.any(String) }]);
});

test('allocating an address for a domain other than vpc is refused', async () => {
  const { ec2 } = await scene();
  const command = new AllocateAddressCommand({ Domain: 'standard' });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidParameterValue' });
});

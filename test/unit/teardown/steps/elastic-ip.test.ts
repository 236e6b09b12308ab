// The removal of the elastic IP: the calls that it makes in each case.
import { DescribeAddressesCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { elasticIp } from '../../../../teardown/steps/elastic-ip.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () => elasticIp.remove(removeContextOf({ noun: 'elasticIp' }, network().elasticIp['']));
const releaseCall = { command: 'ReleaseAddress', input: { AllocationId: 'eipalloc-1' } };
const denied = awsError('AuthFailure', 'You do not have permission to access the specified resource.');
const commands = () => sentCalls().map(({ command }) => command);

test('removes what is ours', async () => {
  mocks.ec2.on(ReleaseAddressCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([releaseCall]);
});

test('removes what is ours: retries on three different errors, until the NAT gateway has released the address', async () => {
  mocks.ec2
    .on(ReleaseAddressCommand)
    .rejectsOnce(denied)
    .rejectsOnce(awsError('InvalidIPAddress.InUse'))
    .rejectsOnce(awsError('InvalidNetworkInterfaceID.NotFound'))
    .resolves({});
  await remove();
  expect(sentCalls()).toEqual(Array(4).fill(releaseCall));
});

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(ReleaseAddressCommand).rejects(awsError('InvalidAllocationID.NotFound'));
  await remove();
  expect(sentCalls()).toEqual([releaseCall]);
});

test('counts a missing resource as removed: an address that AWS has since allocated to someone else', async () => {
  mocks.ec2.on(ReleaseAddressCommand).rejects(denied);
  mocks.ec2.on(DescribeAddressesCommand).resolves({ Addresses: [] });
  await remove();
  expect(commands().at(-1)).toBe('DescribeAddresses');
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(ReleaseAddressCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([releaseCall]);
});

test('throws the error when AWS refuses a call: the address is still ours and cannot be released', async () => {
  mocks.ec2.on(ReleaseAddressCommand).rejects(denied);
  mocks.ec2
    .on(DescribeAddressesCommand)
    .resolves({ Addresses: [{ AllocationId: 'eipalloc-1', Tags: toPascalCaseTags(ourTags('elasticIp')) }] });
  await expect(remove()).rejects.toBe(denied);
});

test('throws the error when AWS refuses a call: a missing network interface does not count as a missing address', async () => {
  const lingering = awsError('InvalidNetworkInterfaceID.NotFound');
  mocks.ec2.on(ReleaseAddressCommand).rejects(lingering);
  await expect(remove()).rejects.toBe(lingering);
});

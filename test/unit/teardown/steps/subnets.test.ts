// The removal of a subnet: the calls that it makes in each case.
import { DeleteSubnetCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { subnets } from '../../../../teardown/steps/subnets.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  mutations,
  sentCalls,
  removeContextOf,
} from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () =>
  subnets.remove(removeContextOf({ noun: 'subnets', key: 'public-1' }, network().subnets['public-1']));
const deleteCall = { command: 'DeleteSubnet', input: { SubnetId: 'subnet-a' } };

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteSubnetCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([deleteCall]);
});

test("removes what is ours: retries until the subnet's network interfaces are gone", async () => {
  mockOtherCallsAsEmpty();
  mocks.ec2
    .on(DeleteSubnetCommand)
    .rejectsOnce(awsError('DependencyViolation', "The subnet 'subnet-a' has dependencies."))
    .resolves({});
  await remove();
  expect(mutations()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(DeleteSubnetCommand).rejects(awsError('InvalidSubnetID.NotFound'));
  await remove();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DeleteSubnetCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([deleteCall]);
});

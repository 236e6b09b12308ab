// The removal of the internet gateway: the calls that it makes in each case.
import {
  DeleteInternetGatewayCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { internetGateway } from '../../../../teardown/steps/internet-gateway.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  mutations,
  sentCalls,
  removeContextOf,
} from '../../step-harness.ts';
import { network } from '../../network.ts';

const found = network().internetGateway[''];
const remove = (item: Parameters<typeof removeContextOf<'internetGateway'>>[1] = found) =>
  internetGateway.remove(removeContextOf({ noun: 'internetGateway' }, item));
const detachCall = {
  command: 'DetachInternetGateway',
  input: { InternetGatewayId: 'igw-1', VpcId: 'vpc-1' },
};
const deleteCall = { command: 'DeleteInternetGateway', input: { InternetGatewayId: 'igw-1' } };

test('removes what is ours', async () => {
  mocks.ec2.on(DetachInternetGatewayCommand).resolves({});
  mocks.ec2.on(DeleteInternetGatewayCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([detachCall, deleteCall]);
});

test('removes what is ours: retries until no public address in the VPC is mapped', async () => {
  mockOtherCallsAsEmpty();
  mocks.ec2
    .on(DetachInternetGatewayCommand)
    .rejectsOnce(awsError('DependencyViolation', 'Network vpc-1 has some mapped public address(es).'))
    .resolves({});
  mocks.ec2.on(DeleteInternetGatewayCommand).resolves({});
  await remove();
  expect(mutations()).toEqual([detachCall, detachCall, deleteCall]);
});

test('removes what is ours: a gateway that is not attached is not detached', async () => {
  mocks.ec2.on(DeleteInternetGatewayCommand).resolves({});
  await remove({ ...found, attachedTo: undefined });
  expect(sentCalls()).toEqual([deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(DetachInternetGatewayCommand).rejects(awsError('InvalidInternetGatewayID.NotFound'));
  mocks.ec2.on(DeleteInternetGatewayCommand).rejects(awsError('InvalidInternetGatewayID.NotFound'));
  await remove();
  expect(sentCalls()).toEqual([detachCall, deleteCall]);
});

test('counts a missing resource as removed: a gateway that an earlier call has already detached is only deleted', async () => {
  mocks.ec2.on(DetachInternetGatewayCommand).rejects(awsError('Gateway.NotAttached'));
  mocks.ec2.on(DeleteInternetGatewayCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([detachCall, deleteCall]);
});

test("explains refusal: a stranger's public address is named at once", async () => {
  mockOtherCallsAsEmpty();
  mocks.ec2
    .on(DetachInternetGatewayCommand)
    .rejects(awsError('DependencyViolation', 'Network vpc-1 has some mapped public address(es).'))
    .on(DescribeVpcsCommand)
    .resolves({ Vpcs: [{ VpcId: 'vpc-1' }] })
    .on(DescribeNetworkInterfacesCommand)
    .resolves({
      NetworkInterfaces: [
        { NetworkInterfaceId: 'eni-1', SubnetId: 'subnet-1', Association: { PublicIp: '192.0.2.1' } },
        { NetworkInterfaceId: 'eni-2', SubnetId: 'subnet-1' },
      ],
    });
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    why: 'network interface eni-1 uses subnet-1',
  });
  expect(mutations()).toEqual([detachCall]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DetachInternetGatewayCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([detachCall]);
});

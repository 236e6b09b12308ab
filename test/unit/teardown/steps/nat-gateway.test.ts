// The removal of the NAT gateway: the calls that it makes in each case, and what it waits for.
import { DeleteNatGatewayCommand, DescribeNatGatewaysCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { natGateway } from '../../../../teardown/steps/nat-gateway.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () => natGateway.remove(removeContextOf({ noun: 'natGateway' }, network().natGateway['']));
const deleteCall = { command: 'DeleteNatGateway', input: { NatGatewayId: 'nat-1' } };
const describeCall = { command: 'DescribeNatGateways', input: { NatGatewayIds: ['nat-1'] } };
const gatewayInState = (State: 'deleting' | 'deleted') => ({
  NatGateways: [{ NatGatewayId: 'nat-1', State }],
});

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteNatGatewayCommand).resolves({});
  mocks.ec2
    .on(DescribeNatGatewaysCommand)
    .resolvesOnce(gatewayInState('deleting'))
    .resolvesOnce(gatewayInState('deleting'))
    .resolves(gatewayInState('deleted'));
  await remove();
  expect(sentCalls()).toEqual([deleteCall, describeCall, describeCall, describeCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(DeleteNatGatewayCommand).rejects(awsError('NatGatewayNotFound'));
  mocks.ec2.on(DescribeNatGatewaysCommand).rejects(awsError('NatGatewayNotFound'));
  await remove();
  expect(sentCalls()).toEqual([deleteCall, describeCall]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DeleteNatGatewayCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sentCalls()).toEqual([deleteCall]);
});

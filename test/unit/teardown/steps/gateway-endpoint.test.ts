// The removal of the gateway endpoint: the calls that it makes in each case, and what it waits for.
import { DeleteVpcEndpointsCommand, DescribeVpcEndpointsCommand, type State } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { gatewayEndpoint } from '../../../../teardown/steps/gateway-endpoint.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () =>
  gatewayEndpoint.remove(removeContextOf({ noun: 'gatewayEndpoint' }, network().gatewayEndpoint['']));
const deleteCall = { command: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['vpce-1'] } };
const describeCall = { command: 'DescribeVpcEndpoints', input: { VpcEndpointIds: ['vpce-1'] } };
const endpointInState = (state: string) => ({
  VpcEndpoints: [{ VpcEndpointId: 'vpce-1', State: state as State }],
});
const notFound = 'InvalidVpcEndpointId.NotFound';
const unsuccessful = (Code: string, Message: string) => ({
  Unsuccessful: [{ ResourceId: 'vpce-1', Error: { Code, Message } }],
});

/** Lets lookups return these states in sequence. */
const mockLookups = (...states: string[]) =>
  states.reduce(
    (mock, state) => mock.resolvesOnce(endpointInState(state)),
    mocks.ec2.on(DescribeVpcEndpointsCommand),
  );

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [] });
  mockLookups('deleting', 'Deleting', 'deleted');
  await remove();
  expect(sentCalls()).toEqual([deleteCall, describeCall, describeCall, describeCall]);
});

test.each([[awsError(notFound)], [{ VpcEndpoints: [] }]])(
  'removes what is ours: the wait ends with the response %s',
  async (end) => {
    mocks.ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [] });
    const lookupMock = mockLookups('deleting');
    if (end instanceof Error) lookupMock.rejects(end);
    else lookupMock.resolves(end);
    await remove();
    expect(sentCalls()).toEqual([deleteCall, describeCall, describeCall]);
  },
);

test('counts a missing resource as removed', async () => {
  mocks.ec2
    .on(DeleteVpcEndpointsCommand)
    .resolves(unsuccessful('InvalidVpcEndpoint.NotFound', 'It does not exist'));
  mocks.ec2.on(DescribeVpcEndpointsCommand).rejects(awsError(notFound));
  await remove();
  expect(sentCalls()).toEqual([deleteCall, describeCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ec2.on(DeleteVpcEndpointsCommand).resolves(unsuccessful('OperationNotPermitted', 'It is managed'));
  await expect(remove()).rejects.toMatchObject({ name: 'OperationNotPermitted', message: 'It is managed' });
  expect(sentCalls()).toEqual([deleteCall]);
});

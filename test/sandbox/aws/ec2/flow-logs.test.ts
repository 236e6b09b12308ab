// The sandbox's flow logs, through the SDK's client.
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DeleteVpcCommand,
  DescribeFlowLogsCommand,
  type CreateFlowLogsRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf } from './scene.ts';

const ROLE = 'arn:aws:iam::000000000000:role/flow-logs';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const VpcId = await makerOf(ec2).vpc();
  const create = (input: Partial<CreateFlowLogsRequest> = {}) =>
    ec2.send(
      new CreateFlowLogsCommand({
        ResourceType: 'VPC',
        ResourceIds: [VpcId],
        TrafficType: 'ALL',
        LogGroupName: 'flows',
        DeliverLogsPermissionArn: ROLE,
        ...input,
      }),
    );
  const describe = async (input = {}) => (await ec2.send(new DescribeFlowLogsCommand(input))).FlowLogs ?? [];
  return { ...started, VpcId, create, describe };
}

test('a flow log is active at once, and reports no delivery', async () => {
  const { VpcId, create, describe } = await scene();
  const { FlowLogIds: [id = ''] = [], Unsuccessful } = await create();
  expect(Unsuccessful ?? []).toEqual([]);
  const [log] = await describe({ FlowLogIds: [id] });
  expect(log).toMatchObject({
    FlowLogId: expect.stringMatching(/^fl-[0-9a-f]{17}$/),
    FlowLogStatus: 'ACTIVE',
    ResourceId: VpcId,
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
    MaxAggregationInterval: 600,
  });
  expect(log).not.toHaveProperty('DeliverLogsStatus');
  expect(await describe({ Filter: [{ Name: 'resource-id', Values: ['vpc-9'] }] })).toEqual([]);
});

test('a second flow log of the same traffic to the same group is refused in a successful response', async () => {
  const { VpcId, create } = await scene();
  await create();
  expect(await create()).toMatchObject({
    Unsuccessful: [{ ResourceId: VpcId, Error: { Code: 'FlowLogAlreadyExists' } }],
  });
  expect((await create({ TrafficType: 'REJECT' })).FlowLogIds).toHaveLength(1);
});

test('a repeated call with the same token returns the same flow log; with other parameters it is refused', async () => {
  const { create } = await scene();
  const { FlowLogIds } = await create({ ClientToken: 'one' });
  expect((await create({ ClientToken: 'one' })).FlowLogIds).toEqual(FlowLogIds);
  expect(await refusalOf(create({ ClientToken: 'one', TrafficType: 'REJECT' }))).toMatchObject({
    code: 'IdempotentParameterMismatch',
  });
});

test('an unknown VPC is refused in a successful response', async () => {
  const { create } = await scene();
  expect(await create({ ResourceIds: ['vpc-00000000000000000'] })).toMatchObject({
    Unsuccessful: [{ Error: { Code: 'InvalidVpcId.NotFound' } }],
  });
});

test.each([
  ['two destinations', { LogDestination: 'arn:x' }],
  ['no destination', { LogGroupName: undefined }],
  ['a bucket with a log group', { LogDestinationType: 's3' as const }],
  ['no role', { DeliverLogsPermissionArn: undefined }],
  ['another interval', { MaxAggregationInterval: 90 }],
])('a request with %s is refused', async (_what, input) => {
  const { create } = await scene();
  expect(await refusalOf(create(input))).toMatchObject({ code: 'InvalidParameter' });
});

test('a deleted flow log is gone, and a repeated delete names it', async () => {
  const { ec2, create, describe } = await scene();
  const { FlowLogIds } = await create();
  const remove = () => ec2.send(new DeleteFlowLogsCommand({ FlowLogIds }));
  expect((await remove()).Unsuccessful ?? []).toEqual([]);
  expect(await describe()).toEqual([]);
  expect((await remove()).Unsuccessful).toMatchObject([{ Error: { Code: 'InvalidFlowLogId.NotFound' } }]);
});

test('a flow log does not keep its VPC from being deleted', async () => {
  const { ec2, VpcId, create } = await scene();
  await create();
  await ec2.send(new DeleteVpcCommand({ VpcId }));
});

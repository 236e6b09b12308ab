// The removal of the cluster: the calls that it makes in each case.
import { DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { cluster } from '../../../../teardown/steps/cluster.ts';
import { awsError, mocks, ourTags, sent, removeContextOf } from '../../step-harness.ts';

const item = { clusterArn: 'arn:cluster', status: 'ACTIVE', tags: ourTags('cluster') };
const remove = () => cluster.remove(removeContextOf({ noun: 'cluster' }, item));
const call = { command: 'DeleteCluster', input: { cluster: 'arn:cluster' } };

test('removes what is ours', async () => {
  mocks.ecs.on(DeleteClusterCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sent()).toEqual([call]);
});

test.each(['ClusterContainsServicesException', 'ClusterContainsTasksException', 'UpdateInProgressException'])(
  "removes what is ours: retries on %s while the cluster's last services and tasks are stopping",
  async (code) => {
    mocks.ecs.on(DeleteClusterCommand).rejectsOnce(awsError(code)).resolves({});
    expect(await remove()).toBeUndefined();
    expect(sent()).toEqual([call, call]);
  },
);

test('counts what is already gone as removed', async () => {
  mocks.ecs.on(DeleteClusterCommand).rejects(awsError('ClusterNotFoundException'));
  expect(await remove()).toBeUndefined();
});

test('explains refusal', async () => {
  mocks.ecs
    .on(DeleteClusterCommand)
    .rejects(awsError('ClusterContainsContainerInstancesException', 'it contains container instances'));
  await expect(remove()).rejects.toMatchObject({ message: 'it contains container instances' });
  expect(sent()).toEqual([call]);
});

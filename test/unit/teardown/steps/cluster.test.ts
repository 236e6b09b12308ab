// The removal of the cluster: the calls that it makes in each case.
import {
  DeleteClusterCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { cluster } from '../../../../teardown/steps/cluster.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  mutations,
  ourTags,
  sentCalls,
  removeContextOf,
} from '../../step-harness.ts';

const item = {
  clusterArn: 'arn:cluster',
  status: 'ACTIVE',
  containerInstanceCount: 0,
  insights: undefined,
  tags: ourTags('cluster'),
};
const remove = () => cluster.remove(removeContextOf({ noun: 'cluster' }, item));
const deleteCall = { command: 'DeleteCluster', input: { cluster: 'arn:cluster' } };

test('removes what is ours', async () => {
  mocks.ecs.on(DeleteClusterCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test.each(['ClusterContainsServicesException', 'ClusterContainsTasksException', 'UpdateInProgressException'])(
  "removes what is ours: retries on %s while the cluster's last services and tasks are stopping",
  async (code) => {
    mockOtherCallsAsEmpty();
    mocks.ecs.on(DeleteClusterCommand).rejectsOnce(awsError(code)).resolves({});
    expect(await remove()).toBeUndefined();
    expect(mutations()).toEqual([deleteCall, deleteCall]);
  },
);

test('counts a missing resource as removed', async () => {
  mocks.ecs.on(DeleteClusterCommand).rejects(awsError('ClusterNotFoundException'));
  expect(await remove()).toBeUndefined();
});

test('explains refusal: a foreign task and a foreign service are named at once, with the commands that stop them', async () => {
  mockOtherCallsAsEmpty();
  const task = (id: string, group: string) => ({ taskArn: `arn:task/shop-dev/${id}`, group });
  const services = [
    { serviceName: 'orders', status: 'ACTIVE', tags: [{ key: 'slipway:stack', value: 'orders-dev' }] },
    { serviceName: 'leaving', status: 'DRAINING' },
  ];
  mocks.ecs
    .on(DeleteClusterCommand)
    .rejects(awsError('ClusterContainsTasksException'))
    .on(ListTasksCommand)
    .resolves({ taskArns: ['arn:task/shop-dev/1', 'arn:task/shop-dev/2'] })
    .on(DescribeTasksCommand)
    .resolves({ tasks: [task('1', 'service:web'), task('2', 'family:job')] })
    .on(ListServicesCommand)
    .resolves({ serviceArns: services.map(({ serviceName }) => `arn:service/shop-dev/${serviceName}`) })
    .on(DescribeServicesCommand)
    .resolves({ services: services });
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'The cluster shop-dev is still in use, so it cannot be removed.',
    why: [
      'service orders runs in the cluster shop-dev, and does not belong to this stack',
      'task 2 (group family:job) runs in the cluster shop-dev, and none of our services started it',
    ].join('\n'),
    fix: [
      'aws ecs delete-service --cluster shop-dev --service orders --force --region eu-west-1',
      'aws ecs stop-task --cluster shop-dev --task 2 --region eu-west-1',
      'Then run the same command again, to finish.',
    ],
  });
  expect(mutations()).toEqual([deleteCall]);
});

test('explains refusal: a foreign container instance is named at once, with the command that removes it', async () => {
  mockOtherCallsAsEmpty();
  mocks.ecs
    .on(DeleteClusterCommand)
    .rejects(awsError('ClusterContainsContainerInstancesException'))
    .on(ListContainerInstancesCommand)
    .resolves({ containerInstanceArns: ['arn:aws:ecs:eu-west-1:1:container-instance/shop-dev/abc'] });
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    why: 'container instance abc is registered in the cluster shop-dev',
    fix: [
      'aws ecs deregister-container-instance --cluster shop-dev --container-instance abc --force --region eu-west-1',
      'Then run the same command again, to finish.',
    ],
  });
  expect(mutations()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ecs.on(DeleteClusterCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});

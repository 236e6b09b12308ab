// The records of deployments: how they are found, and what happens where there are none.
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { deploymentRecords } from '../../../../lib/look/service-deployments.ts';
import { awsError, lookContextOf, mocks, sentCalls } from '../../step-harness.ts';

const revision = (id: string) => `arn:aws:ecs:eu-west-1:111122223333:service-revision/shop-dev/web/${id}`;
const brief = (
  id: string,
  seconds: number,
  status: 'SUCCESSFUL' | 'IN_PROGRESS' | 'ROLLBACK_SUCCESSFUL',
) => ({
  serviceDeploymentArn: `arn:record-${id}`,
  targetServiceRevisionArn: revision(id),
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)),
  status,
});
const records = () => deploymentRecords(lookContextOf(), 'web');
const lists = () => sentCalls().filter(({ command }) => command === 'ListServiceDeployments');

describe('the record of a deployment', () => {
  test('a record is found by the number at the end of its revision, on any page, and listed only once', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [brief('77', 3, 'IN_PROGRESS')], nextToken: 'more' })
      .on(ListServiceDeploymentsCommand, { nextToken: 'more' })
      .resolves({ serviceDeployments: [brief('7', 2, 'IN_PROGRESS')] })
      .on(DescribeServiceDeploymentsCommand, { serviceDeploymentArns: ['arn:record-7'] })
      .resolves({ serviceDeployments: [{ serviceDeploymentArn: 'arn:record-7', status: 'IN_PROGRESS' }] });
    const reader = records();
    const createdAt = new Date(Date.UTC(2026, 0, 1, 0, 5));
    expect(await reader.of('ecs-svc/7', createdAt)).toMatchObject({ status: 'IN_PROGRESS' });
    expect(await reader.of('ecs-svc/7', createdAt)).toMatchObject({ status: 'IN_PROGRESS' });
    expect(lists()).toHaveLength(2);
    expect(lists()[0]?.input).toEqual({
      cluster: 'shop-dev',
      service: 'web',
      createdAt: { after: new Date(Date.UTC(2026, 0, 1, 0, 4)) },
      maxResults: 100,
    });
  });

  test('a record that is not listed yet is looked for again', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolvesOnce({})
      .resolves({ serviceDeployments: [brief('7', 2, 'IN_PROGRESS')] })
      .on(DescribeServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [{ status: 'IN_PROGRESS' }] });
    const reader = records();
    expect(await reader.of('ecs-svc/7')).toBeUndefined();
    expect(await reader.of('ecs-svc/7')).toEqual({ status: 'IN_PROGRESS' });
  });

  test('the newest record is the one with the latest creation time', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [brief('1', 1, 'SUCCESSFUL'), brief('2', 2, 'ROLLBACK_SUCCESSFUL')] })
      .on(DescribeServiceDeploymentsCommand, { serviceDeploymentArns: ['arn:record-2'] })
      .resolves({ serviceDeployments: [{ status: 'ROLLBACK_SUCCESSFUL' }] });
    expect(await records().newest()).toEqual({ status: 'ROLLBACK_SUCCESSFUL' });
  });

  test('the last good revision is that of the newest other deployment that succeeded', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolves({
        serviceDeployments: [
          brief('1', 1, 'SUCCESSFUL'),
          brief('4', 4, 'SUCCESSFUL'),
          brief('3', 3, 'ROLLBACK_SUCCESSFUL'),
          brief('2', 2, 'SUCCESSFUL'),
        ],
      })
      .on(DescribeServiceRevisionsCommand, { serviceRevisionArns: [revision('2')] })
      .resolves({ serviceRevisions: [{ taskDefinition: 'arn:definition:2' }] });
    expect(await records().lastGoodRevision('ecs-svc/4')).toEqual({ taskDefinition: 'arn:definition:2' });
  });

  test('there is no good revision if no deployment succeeded', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [brief('4', 4, 'SUCCESSFUL')] });
    expect(await records().lastGoodRevision('ecs-svc/4')).toBeUndefined();
  });
});

describe('records that cannot be read', () => {
  test.each([
    ['the endpoint does not have them', awsError('UnsupportedFeatureException', 'no')],
    ['the policy forbids it', awsError('AccessDeniedException', 'no')],
  ])('no further call is sent if %s', async (_why, error) => {
    mocks.ecs.on(ListServiceDeploymentsCommand).rejects(error);
    const reader = records();
    expect(await reader.of('ecs-svc/7')).toBeUndefined();
    expect(await reader.newest()).toBeUndefined();
    expect(lists()).toHaveLength(1);
  });

  test('the next look tries again after another error', async () => {
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .rejectsOnce(awsError('ServiceNotFoundException', 'not yet'))
      .resolves({ serviceDeployments: [] });
    const reader = records();
    expect(await reader.of('ecs-svc/7')).toBeUndefined();
    expect(await reader.of('ecs-svc/7')).toBeUndefined();
    expect(lists()).toHaveLength(2);
  });
});

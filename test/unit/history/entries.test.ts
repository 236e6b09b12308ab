// The entries of a history for deployments that have not ended, that were stopped, and that shift requests.
import type { Deployment, ServiceDeployment, ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { historyOf } from '../../../history/entries.ts';
import type { HistoryFacts } from '../../../history/read.ts';
import { historyText } from '../../../history/text.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));
const definitionArn = (n: number) => `arn:task-definition/shop-dev-web:${n}`;
const revisionArn = (n: number) => `arn:service-revision/shop-dev/web/${n}`;

/** The facts about two deployments: revision 1 was deployed, and revision 2 has the given record. */
function factsWith(
  second: ServiceDeployment & { readonly status: ServiceDeploymentStatus },
  current: readonly Deployment[],
): HistoryFacts {
  return {
    deployments: [
      { createdAt: minute(1), status: 'SUCCESSFUL', targetServiceRevision: { arn: revisionArn(1) } },
      { createdAt: minute(2), targetServiceRevision: { arn: revisionArn(2) }, ...second },
    ],
    serviceRevisions: [1, 2].map((n) => ({
      serviceRevisionArn: revisionArn(n),
      taskDefinition: definitionArn(n),
    })),
    definitions: [2, 1].map((n) => ({ arn: definitionArn(n), taskDefinition: { revision: n }, tags: {} })),
    olderCount: 0,
    current,
    createdAt: minute(0),
  };
}
const running = (n: number, status: 'PRIMARY' | 'ACTIVE'): Deployment => ({
  id: `ecs-svc/${n}`,
  status,
  taskDefinition: definitionArn(n),
  runningCount: 1,
});
const both = [running(2, 'PRIMARY'), running(1, 'ACTIVE')];
const endingsOf = (facts: HistoryFacts) => {
  const entries = historyOf(facts, minute(10).getTime());
  return historyText('web', entries, 0)
    .slice(1)
    .map((line) => line.replace(/^ {2}(\d) {2}\S+ \S+ UTC +/, '$1 '));
};

test.each<[string, ServiceDeploymentStatus]>([
  ['that waits', 'PENDING'],
  ['in progress', 'IN_PROGRESS'],
  ['whose stop was requested', 'STOP_REQUESTED'],
  ['whose rollback was requested', 'ROLLBACK_REQUESTED'],
])('a deployment %s has not ended, and both versions serve', (_what, status) => {
  expect(endingsOf(factsWith({ status }, both))).toEqual([
    '2 in service, in progress',
    '1 in service, successful',
  ]);
});

test('a stopped deployment is named with the reason', () => {
  const stopped = factsWith({ status: 'STOPPED', statusReason: 'A newer deployment took its place. ' }, [
    running(1, 'PRIMARY'),
  ]);
  expect(endingsOf(stopped)).toEqual([
    '2 stopped: A newer deployment took its place.',
    '1 in service, successful',
  ]);
});

describe('while ECS shifts requests', () => {
  const shifting = (status: ServiceDeploymentStatus, newShare: number) =>
    factsWith(
      {
        status,
        deploymentConfiguration: { strategy: 'CANARY' },
        targetServiceRevision: { arn: revisionArn(2), requestedProductionTrafficWeight: newShare },
        sourceServiceRevisions: [{ arn: revisionArn(1), requestedProductionTrafficWeight: 100 - newShare }],
      },
      both,
    );

  test('both versions are listed with their shares', () => {
    expect(endingsOf(shifting('IN_PROGRESS', 10))).toEqual([
      '2 in service with 10 % of the requests, in progress',
      '1 in service with 90 % of the requests, successful',
    ]);
  });

  test('a version without requests is not in service, although its tasks run', () => {
    expect(endingsOf(shifting('IN_PROGRESS', 0))).toEqual(['2 in progress', '1 in service, successful']);
    expect(endingsOf(shifting('ROLLBACK_IN_PROGRESS', 0))).toEqual([
      '2 rolled back',
      '1 in service, successful',
    ]);
    expect(endingsOf(shifting('IN_PROGRESS', 100))).toEqual(['2 in service, in progress', '1 successful']);
  });

  test('the shares of an earlier shift no longer matter', () => {
    expect(endingsOf(shifting('SUCCESSFUL', 0))[0]).toBe('2 in service, successful');
  });
});

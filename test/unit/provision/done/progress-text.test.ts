// The note about containers that wait for others, during the wait for a service.
import { expect, test } from '@jest/globals';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mocks } from '../../step-harness.ts';
import { primaryDeployment, service } from '../deployments.ts';
import {
  mockEcs,
  mockTargets,
  mockTasks,
  notes,
  pendingNotes,
  running,
  target,
  wait,
  web,
} from './service-wait.ts';

test('a job that runs first, and a container that waits for a health check, are named', async () => {
  const [api, ...others] = web.containers;
  if (!api) throw new Error('The service has no container');
  const base = { ...api, port: undefined, path: undefined };
  const ordered = {
    ...web,
    containers: [
      { ...base, name: 'migrate', key: 'web-migrate', essential: false },
      { ...base, name: 'db', key: 'web-db', dependsOn: { migrate: 'SUCCESS' as const } },
      { ...api, dependsOn: { db: 'HEALTHY' as const, migrate: 'SUCCESS' as const } },
      ...others,
    ],
  };
  const starting = (...states: string[]) =>
    running('1', {
      lastStatus: 'PENDING',
      containers: ['migrate', 'db', api.name].map((name, index) => ({ name, lastStatus: states[index] })),
    });
  const inProgress = service(primaryDeployment('IN_PROGRESS', { runningCount: 0, pendingCount: 1 }));
  mockEcs(inProgress, inProgress, service(primaryDeployment('COMPLETED', { runningCount: 1 })));
  mockTasks(
    [starting('RUNNING', 'PENDING', 'PENDING')],
    [starting('STOPPED', 'RUNNING', 'PENDING')],
    [running('1')],
  );
  mockTargets(target('healthy'));
  mocks.elbv2.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [target('healthy')] });
  await wait(ordered, service(primaryDeployment('IN_PROGRESS')));
  expect([...pendingNotes.deployment, ...notes].map((note) => note.replace(/^[^;]*; /, ''))).toEqual([
    `db waits for the end of migrate; ${api.name} waits for the end of migrate`,
    `${api.name} waits for the health check of db`,
  ]);
});

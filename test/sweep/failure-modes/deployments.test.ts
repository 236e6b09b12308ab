// Failure modes 32 to 36: services that cannot be created, started or kept healthy.
import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import { setTargetHealth } from '../../../sandbox/aws/elbv2/targets.ts';
import { container, stack, web } from '../../converge/stacks.ts';
import { leapingClock } from '../leaping-clock.ts';
import {
  expectConverged,
  jobsStack,
  LOST,
  failablePlane,
  refusal,
  resultsOf,
  withFailures,
  withoutClockLeaps,
  openAccount,
  worker,
} from './scene.ts';

test('32: the run waits until a taken service name is free, and updates an existing service that the survey missed', async () => {
  const user = await openAccount();
  await user.provision(stack());
  await user.aws.ecs.send(new DeleteServiceCommand({ cluster: 'shop-dev', service: 'web', force: true }));
  const draining = refusal('InvalidParameterException', 'Unable to Start a service that is still Draining.');
  const notIdempotent = refusal('InvalidParameterException', 'Creation of service was not idempotent.');
  await withFailures(user, { CreateService: { ...draining, times: 2 } }, () => user.provision(stack()));
  await expectConverged(user);
  await user.teardown(stack());
  await withFailures(user, { CreateService: { ...notIdempotent, times: 2 } }, () => user.provision(stack()));
  await expectConverged(user);
  await user.teardown(stack());
  await withFailures(user, { CreateService: LOST }, () => user.provision(stack()));
  await expectConverged(user);

  const clock = leapingClock();
  const laggingUser = await openAccount({ idLagMs: 60_000 }, { clock });
  const severalServices = (version: number) => {
    const api1 = { port: 5000 + version };
    const other = worker(version);
    return stack({ services: { ...web({ api1 }), fees: other, jobs: other, mail: other, sums: other } });
  };
  await laggingUser.provision(severalServices(1));
  await laggingUser.removeNouns(severalServices(1), new Set(['services']));
  await clock.sleep(60_000);
  const { calls } = await withoutClockLeaps(laggingUser, async () => {
    await laggingUser.provision(severalServices(1));
    return laggingUser.provision(severalServices(2));
  });
  // The survey missed the five services, so they were updated after their creates failed. `web` was updated again after the
  // traffic switch, so that it no longer registers its tasks with the target group of the old port.
  expect(calls).toContain('ecs:CreateService');
  expect(resultsOf(laggingUser, 'UpdateService').filter((result) => result === 'ok')).toHaveLength(6);
  await clock.sleep(60_000);
  await expectConverged(laggingUser, severalServices(2));
});

test('33: a failed first deployment is reported, and the next run deploys the fixed service', async () => {
  const plane = failablePlane();
  const user = await openAccount({}, { plane });
  plane.failure = { stopCode: 'EssentialContainerExited', reason: 'Essential container in task exited' };
  await expect(user.provision(jobsStack(1), { wait: true })).rejects.toMatchObject({ code: 'DEPLOYMENT' });
  expect(user.census()['ecs.services']).toBe(1);
  plane.failure = undefined;
  const { calls } = await user.provision(jobsStack(2), { wait: true });
  expect(calls).toContain('ecs:UpdateService');
  expect(calls).not.toContain('ecs:CreateService');
  await expectConverged(user, jobsStack(2));
});

test.each([
  [
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
    'Correct image of worker, or push the image.',
  ],
  [
    'CannotPullContainerError: ref pull has been retried 5 time(s): dial tcp 1.2.3.4:443: i/o timeout',
    'npm run drift, which shows what someone has changed in the network',
  ],
  [
    'ResourceInitializationError: unable to pull registry auth: dial tcp: i/o timeout',
    'npm run drift, which shows what someone has changed in the network',
  ],
  [
    'ResourceInitializationError: failed to validate logger args: no such log group',
    'npm run drift, which shows whether the log group, the execution role or the network has changed',
  ],
])(
  '34: the reason why a task cannot be set up is reported with a suggested fix: %s',
  async (reason, suggestedFix) => {
    const plane = failablePlane();
    const user = await openAccount({}, { plane });
    plane.failure = { stopCode: 'TaskFailedToStart', reason };
    await expect(user.provision(jobsStack(1), { wait: true })).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      why: expect.stringContaining(reason),
      fix: [
        suggestedFix,
        expect.stringMatching(/^npm run provision/),
        expect.stringMatching(/^npm run logs/),
      ],
    });
  },
);

test('35: a container that fails its health checks is reported with its target group and a suggested fix', async () => {
  const user = await openAccount({}, { plane: { ...failablePlane(), checksTargets: true } });
  const health = { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' } as const;
  const region = user.sandbox.world.region('eu-west-1');
  const { faults } = user.sandbox;
  const nextFault = faults.next.bind(faults);
  // At every call, makes all targets unhealthy.
  faults.next = (service, operation) => {
    for (const { TargetGroupArn, targets } of region.elbv2.targetGroups.all())
      for (const { id, port } of targets) setTargetHealth(region, TargetGroupArn, id, port, health);
    return nextFault(service, operation);
  };
  await expect(user.provision(stack(), { wait: true })).rejects.toMatchObject({
    why: expect.stringMatching(/api[12]/),
    fix: expect.arrayContaining([expect.stringMatching(/raise health\.timeoutSeconds of api/)]),
  });
});

test('36: a combination of settings that AWS would refuse late is refused before the first call, with the path of the mistake', async () => {
  const user = await openAccount();
  const invalidStacks: readonly [StackInput, string][] = [
    [stack({ services: web({}, { cpu: 256, memory: 8192 }) }), 'memory'],
    [stack({ services: web({ api2: { port: 5000 } }) }), 'port'],
    [
      stack({
        services: web(
          Object.fromEntries([3, 4, 5, 6].map((n) => [`api${n}`, container(`api${n}`, 5000 + n)])),
        ),
      }),
      'web',
    ],
  ];
  for (const [invalidStack, path] of invalidStacks) {
    await expect(user.provision(invalidStack)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      why: expect.stringContaining(path),
    });
  }
  expect(user.sandbox.journal.entries()).toEqual([]);
});

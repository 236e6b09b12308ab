// Failure modes 32 to 36: services that cannot be what they should be.
import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../../lib/config/schema.ts';
import { setTargetHealth } from '../../../sandbox/aws/elbv2/targets.ts';
import { container, stack, web } from '../../converge/stacks.ts';
import { leapingClock } from '../clock.ts';
import { expectWhole, jobs, LOST, makePlane, no, results, struck, unhurried, user, worker } from './scene.ts';

test('32: a name that is taken is waited for, and what has it unseen is brought to what it should be', async () => {
  const one = await user();
  await one.up(stack());
  await one.aws.ecs.send(new DeleteServiceCommand({ cluster: 'shop-dev', service: 'web', force: true }));
  const draining = no('InvalidParameterException', 'Unable to Start a service that is still Draining.');
  const again = no('InvalidParameterException', 'Creation of service was not idempotent.');
  await struck(one, { CreateService: { ...draining, times: 2 } }, () => one.up(stack()));
  await expectWhole(one);
  await one.down(stack());
  await struck(one, { CreateService: { ...again, times: 2 } }, () => one.up(stack()));
  await expectWhole(one);
  await one.down(stack());
  await struck(one, { CreateService: LOST }, () => one.up(stack()));
  await expectWhole(one);

  const clock = leapingClock();
  const late = await user({ idLagMs: 60_000 }, { clock });
  const several = (version: number) => {
    const api1 = { port: 5000 + version };
    const fees = worker(version);
    return stack({ services: { ...web({ api1 }), fees, jobs: fees, mail: fees, sums: fees } });
  };
  await late.up(several(1));
  await late.lose(several(1), new Set(['services']));
  await clock.sleep(60_000);
  const { calls } = await unhurried(late, async () => {
    await late.up(several(1));
    return late.up(several(2));
  });
  // The names of those that the survey missed are found to be taken; `web` leaves a target group behind.
  expect(calls).toContain('ecs:CreateService');
  expect(results(late, 'UpdateService').filter((result) => result === 'ok')).toHaveLength(6);
  await clock.sleep(60_000);
  await expectWhole(late, several(2));
});

test('33: a first deployment that is broken ends as a failure, and a mended one follows it', async () => {
  const plane = makePlane();
  const one = await user({}, { plane });
  plane.failure = { stopCode: 'EssentialContainerExited', reason: 'Essential container in task exited' };
  await expect(one.up(jobs(1), { wait: true })).rejects.toMatchObject({ code: 'DEPLOYMENT' });
  expect(one.census()['ecs.services']).toBe(1);
  plane.failure = undefined;
  const { calls } = await one.up(jobs(2), { wait: true });
  expect(calls).toContain('ecs:UpdateService');
  expect(calls).not.toContain('ecs:CreateService');
  await expectWhole(one, jobs(2));
});

test.each([
  [
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
    'The image cannot be pulled: check its name and the execution role.',
  ],
  [
    'CannotPullContainerError: ref pull has been retried 5 time(s): dial tcp 1.2.3.4:443: i/o timeout',
    'The task has no way out: check its private route table, the NAT gateway and the security group.',
  ],
  [
    'ResourceInitializationError: unable to pull registry auth: dial tcp: i/o timeout',
    'The task has no way out: check its private route table, the NAT gateway and the security group.',
  ],
  [
    'ResourceInitializationError: failed to validate logger args: no such log group',
    'The task could not be set up: check its way out to AWS, the log group and the execution role.',
  ],
])('34: what ECS says of a task that cannot be set up is told with what helps: %s', async (reason, helps) => {
  const plane = makePlane();
  const one = await user({}, { plane });
  plane.failure = { stopCode: 'TaskFailedToStart', reason };
  await expect(one.up(jobs(1), { wait: true })).rejects.toMatchObject({
    code: 'DEPLOYMENT',
    why: expect.stringContaining(reason),
    fix: [helps, expect.stringMatching(/^npm run provision/), expect.stringMatching(/^aws logs tail/)],
  });
});

test('35: a container that fails its health checks is named with its target group and what helps', async () => {
  const one = await user({}, { plane: { ...makePlane(), checksTargets: true } });
  const health = { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' } as const;
  const region = one.sandbox.world.region('eu-west-1');
  const { faults } = one.sandbox;
  const strike = faults.next.bind(faults);
  faults.next = (service, operation) => {
    for (const { TargetGroupArn, targets } of region.elbv2.targetGroups.all())
      for (const { id, port } of targets) setTargetHealth(region, TargetGroupArn, id, port, health);
    return strike(service, operation);
  };
  await expect(one.up(stack(), { wait: true })).rejects.toMatchObject({
    why: expect.stringMatching(/api[12]/),
    fix: expect.arrayContaining([expect.stringMatching(/listen on 0\.0\.0\.0/)]),
  });
});

test('36: a combination that AWS would refuse late is refused before the first call, by its place', async () => {
  const one = await user();
  const wrong: readonly [StackInput, string][] = [
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
  for (const [broken, place] of wrong) {
    await expect(one.up(broken)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      why: expect.stringContaining(place),
    });
  }
  expect(one.sandbox.journal.entries()).toEqual([]);
});

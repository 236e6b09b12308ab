// Failure modes 27 to 31: what an account has to have first, and what it has too little of.
import { expect, test } from '@jest/globals';
import { stack } from '../../converge/stacks.ts';
import { leapingClock } from '../clock.ts';
import { expectWhole, jobs, LOST, no, results, struck, user } from './scene.ts';

const PASS = 'User: arn:aws:iam::1:user/me is not authorized to perform: iam:PassRole on resource: arn';

test('27: a role that is new may not be passed yet, one that is old will never be', async () => {
  const clock = leapingClock();
  const one = await user({ iamLagMs: 60_000 }, { clock });
  await one.up(stack());
  expect(results(one, 'RegisterTaskDefinition')).toContain('AccessDeniedException');
  await expectWhole(one);
  await clock.sleep(600_000);
  one.sandbox.journal.clear();
  const edited = stack({ services: jobs(1).services });
  const denied = { ...no('AccessDeniedException', PASS), times: 'always' } as const;
  await struck(one, { RegisterTaskDefinition: denied }, () =>
    expect(one.up(edited)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      why: expect.stringContaining('iam:PassRole'),
    }),
  );
  expect(results(one, 'RegisterTaskDefinition')).toEqual(['AccessDeniedException']);
});

test('28: a role that ECS cannot take on yet is waited for, though tasks fail to start', async () => {
  const one = await user();
  await one.up(jobs(1));
  await one.lose(jobs(1), new Set(['services', 'taskDefinitions', 'roles']));
  const { journal, world } = one.sandbox;
  const add = journal.add.bind(journal);
  journal.add = (entry) => {
    // Whoever made the service could pass the roles; who starts its tasks has not heard of them.
    if (entry.operation === 'CreateService')
      world.visibleAt = ({ changedAt: since }) => since.getTime() + 60_000;
    add(entry);
  };
  await one.up(jobs(1), { wait: true });
  const made = world.region('eu-west-1').ecs.services.all();
  const said = made.flatMap(({ events }) => events.map(({ message }) => message));
  expect(said).toContainEqual(expect.stringContaining('unable to assume the role'));
  expect(said[0]).toContain('steady state');
  await expectWhole(one, jobs(1));
});

test("29: ECS's own role is made before its first use, is taken as it is, and stays", async () => {
  const one = await user();
  await struck(one, { CreateServiceLinkedRole: LOST }, () => one.up(stack()));
  expect(results(one, 'CreateServiceLinkedRole')).toEqual(['ok', 'InvalidInput']);
  const missing = no(
    'InvalidParameterException',
    'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
  );
  await expectWhole(one);
  await one.down(stack());
  await struck(one, { CreateCluster: { ...missing, times: 3 } }, () => one.up(stack()));
  expect(results(one, 'CreateServiceLinkedRole')).toHaveLength(2);
  await expectWhole(one);
});

test('31: a quota is told at once by its code, and a throttle of nearly the same name is not', async () => {
  const one = await user();
  for (const [operation, code] of [
    ['CreateVpc', 'VpcLimitExceeded'],
    ['CreateTargetGroup', 'TooManyTargetGroups'],
    ['CreateService', 'LimitExceededException'],
  ] as const) {
    one.sandbox.journal.clear();
    const tooMany = { ...no(code), times: 'always' } as const;
    await struck(one, { [operation]: tooMany }, () =>
      expect(one.up(stack())).rejects.toMatchObject({
        code: 'QUOTA',
        what: expect.stringContaining(code.replace('Exception', '')),
        fix: [expect.stringContaining('Service Quotas'), expect.stringContaining('npm run provision')],
      }),
    );
    // One call for each thing.
    expect(results(one, operation)).toHaveLength(operation === 'CreateTargetGroup' ? 2 : 1);
  }
  const throttled = no('RequestLimitExceeded', 'Request limit exceeded.', 503);
  await struck(one, { CreateService: { ...throttled, times: 3 } }, () => one.up(stack()));
  await expectWhole(one);
});

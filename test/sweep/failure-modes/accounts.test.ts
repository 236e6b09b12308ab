// Failure modes 27 to 31: roles that are not ready yet, and account quotas.
import { expect, test } from '@jest/globals';
import { stack } from '../../converge/stacks.ts';
import { leapingClock } from '../leaping-clock.ts';
import { expectConverged, jobsStack, LOST, refusal, resultsOf, withFailures, openAccount } from './scene.ts';

const PASS_ROLE_MESSAGE =
  'User: arn:aws:iam::1:user/me is not authorized to perform: iam:PassRole on resource: arn';

test('27: an AccessDenied error for passing a role is retried if the role is new, and final if it is old', async () => {
  const clock = leapingClock();
  const user = await openAccount({ iamLagMs: 60_000 }, { clock });
  await user.provision(stack());
  expect(resultsOf(user, 'RegisterTaskDefinition')).toContain('AccessDeniedException');
  await expectConverged(user);
  await clock.sleep(600_000);
  user.sandbox.journal.clear();
  const edited = jobsStack(1);
  const denied = { ...refusal('AccessDeniedException', PASS_ROLE_MESSAGE), times: 'always' } as const;
  await withFailures(user, { RegisterTaskDefinition: denied }, () =>
    expect(user.provision(edited)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      why: expect.stringContaining('iam:PassRole'),
    }),
  );
  expect(resultsOf(user, 'RegisterTaskDefinition')).toEqual(['AccessDeniedException']);
});

test('28: the run waits for a role that ECS cannot assume yet, even while tasks fail to start', async () => {
  const user = await openAccount();
  await user.provision(jobsStack(1));
  await user.removeNouns(jobsStack(1), new Set(['services', 'taskDefinitions', 'roles']));
  const { journal, world } = user.sandbox;
  const add = journal.add.bind(journal);
  journal.add = (entry) => {
    // CreateService has accepted the roles, but they have not yet propagated to the service that starts tasks.
    if (entry.operation === 'CreateService')
      world.visibleAt = ({ changedAt: since }) => since.getTime() + 60_000;
    add(entry);
  };
  await user.provision(jobsStack(1), { wait: true });
  const services = world.region('eu-west-1').ecs.services.all();
  const messages = services.flatMap(({ events }) => events.map(({ message }) => message));
  expect(messages).toContainEqual(expect.stringContaining('unable to assume the role'));
  expect(messages[0]).toContain('steady state');
  await expectConverged(user, jobsStack(1));
});

test("29: ECS's service-linked role is created before its first use, accepted if it already exists, and never deleted", async () => {
  const user = await openAccount();
  await withFailures(user, { CreateServiceLinkedRole: LOST }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateServiceLinkedRole')).toEqual(['ok', 'InvalidInput']);
  const missing = refusal(
    'InvalidParameterException',
    'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
  );
  await expectConverged(user);
  await user.teardown(stack());
  await withFailures(user, { CreateCluster: { ...missing, times: 3 } }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateServiceLinkedRole')).toHaveLength(2);
  await expectConverged(user);
});

test('31: an exceeded quota is reported immediately with its code, while throttling with a similar code is retried', async () => {
  const user = await openAccount();
  for (const [operation, code] of [
    ['CreateVpc', 'VpcLimitExceeded'],
    ['CreateTargetGroup', 'TooManyTargetGroups'],
    ['CreateService', 'LimitExceededException'],
  ] as const) {
    user.sandbox.journal.clear();
    const quotaExceeded = { ...refusal(code), times: 'always' } as const;
    await withFailures(user, { [operation]: quotaExceeded }, () =>
      expect(user.provision(stack())).rejects.toMatchObject({
        code: 'QUOTA',
        what: expect.stringContaining(code.replace('Exception', '')),
        fix: [expect.stringContaining('Service Quotas'), expect.stringContaining('npm run provision')],
      }),
    );
    // One call per resource.
    expect(resultsOf(user, operation)).toHaveLength(operation === 'CreateTargetGroup' ? 2 : 1);
  }
  const throttled = refusal('RequestLimitExceeded', 'Request limit exceeded.', 503);
  await withFailures(user, { CreateService: { ...throttled, times: 3 } }, () => user.provision(stack()));
  await expectConverged(user);
});

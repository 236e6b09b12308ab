// npm run rollback: restores an earlier revision by digest, without its source, in one deployment; refuses what is impossible.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BatchDeleteImageCommand, DescribeImagesCommand } from '@aws-sdk/client-ecr';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { simulatedDataPlane, type DataPlane } from '../../sandbox/data-plane/data-plane.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { account, type Account } from './harness.ts';
import type { AccountSnapshot } from './account-snapshots.ts';
import { stack, web } from './stacks.ts';

/** A clock that leaps at most an hour, so that the builds of images do not make it pass 90 days. */
const patientClock = (from?: number) => leapingClock(from, 3_600_000);

const { domain: _domain, ...withoutDomain } = stack();
const release = (version: string, more: Partial<StackInput['services'][string]> = {}): StackInput => ({
  ...withoutDomain,
  services: { web: { containers: { app: { source: 'app', environment: { VERSION: version } } }, ...more } },
});
/** The configuration of a user who no longer has the source. */
const withoutSource: StackInput = {
  ...withoutDomain,
  services: { web: { containers: { app: { source: 'deleted', environment: { VERSION: '3' } } } } },
};

let threeReleases: AccountSnapshot;
beforeAll(async () => {
  const user = await account({ clock: patientClock() });
  for (const version of ['1', '2', '3']) await user.provision(release(version), { wait: true });
  threeReleases = user.snapshot();
  await user.close();
});
const accountWithReleases = () =>
  account({ clock: patientClock(threeReleases.takenAt), from: threeReleases });

const serviceOf = async ({ aws }: Account) => {
  const { services } = await aws.ecs.send(
    new DescribeServicesCommand({ cluster: 'shop-dev', services: ['web'] }),
  );
  return services?.[0];
};
const definitionInService = async (user: Account) => {
  const { taskDefinition = '' } = (await serviceOf(user)) ?? {};
  const described = await user.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }),
  );
  const [container] = described.taskDefinition?.containerDefinitions ?? [];
  return {
    revision: described.taskDefinition?.revision,
    version: container?.environment?.find(({ name }) => name === 'VERSION')?.value,
    image: container?.image,
    tags: Object.fromEntries((described.tags ?? []).map(({ key = '', value }) => [key, value])),
  };
};
const activeRevisions = async ({ aws }: Account) =>
  (
    await aws.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'shop-dev-web' }))
  ).taskDefinitionArns?.map((arn) => Number(arn.split(':').at(-1)));
const mutationsOf = ({ sandbox }: Account) =>
  sandbox.journal
    .entries()
    .filter(({ mutating }) => mutating)
    .map(({ operation }) => operation);

test('a rollback restores the last successful revision in one deployment, without the source', async () => {
  const user = await accountWithReleases();
  user.sandbox.journal.clear();
  const { exitCode, json } = await user.rollback(withoutSource, { wait: true });
  expect({ exitCode, json }).toMatchObject({ exitCode: 0, json: { service: 'web', from: 3, to: 2 } });
  expect(mutationsOf(user)).toEqual(['RegisterTaskDefinition', 'UpdateService', 'DeregisterTaskDefinition']);
  expect(await definitionInService(user)).toMatchObject({
    revision: 4,
    version: '2',
    image: expect.stringMatching(/@sha256:[0-9a-f]{64}$/) as unknown,
    tags: {
      'slipway:restores': '2',
      'slipway:by': 'sandbox',
      'slipway:stack': 'shop-dev',
      'slipway:key': 'web',
    },
  });
  expect(await activeRevisions(user)).toEqual([4]);
  expect((await serviceOf(user))?.deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
});

test('the history names the rollback, and the next rollback goes further back', async () => {
  const user = await accountWithReleases();
  await user.rollback(withoutSource, { wait: true });
  const { services } = (await user.history(withoutSource)).json as {
    services: {
      revisions: { revision: number; restores: number | null; inService: boolean; outcome: string }[];
    }[];
  };
  expect(services[0]?.revisions[0]).toMatchObject({
    revision: 4,
    restores: 2,
    changes: ['environment VERSION of app'],
    inService: true,
    outcome: 'successful',
  });
  await user.rollback(withoutSource, { wait: true });
  expect(await definitionInService(user)).toMatchObject({ revision: 5, version: '1' });
  await expect(user.rollback(withoutSource, { wait: true })).rejects.toMatchObject({
    code: 'ROLLBACK_REFUSED',
    what: 'There is no earlier revision of web to roll back to.',
  });
});

test('the next plan says that the configuration is ahead, and a provision deploys it', async () => {
  const user = await accountWithReleases();
  await user.rollback(withoutSource, { wait: true });
  const plan = await user.plan(release('3'));
  expect(plan).toMatchObject([
    {
      address: 'taskDefinitions.web',
      verb: 'update',
      reason: 'the configuration is ahead: revision 2 was restored without environment VERSION of app',
    },
    { address: 'services.web' },
  ]);
  expect(user.output().notes).toContain(
    'web was rolled back to revision 2, and the configuration is ahead: a provision deploys environment VERSION of app again',
  );
  expect(user.output().result?.json).toMatchObject({
    rollbacks: [{ service: 'web', restores: 2, ahead: ['environment VERSION of app'] }],
  });
  expect((await user.drift(release('3'))).text).toContain('was rolled back to revision 2');
  await user.provision(release('3'), { wait: true });
  expect(await definitionInService(user)).toMatchObject({
    version: '3',
    tags: expect.not.objectContaining({ 'slipway:restores': '2' }) as unknown,
  });
  expect(await user.plan(release('3'))).toEqual([]);
});

test('a configuration that matches the restored revision needs no provision', async () => {
  const user = await accountWithReleases();
  await user.rollback(withoutSource, { wait: true });
  expect(await user.plan(release('2'))).toEqual([]);
  expect(user.output().notes.filter((text) => text.includes('rolled back'))).toEqual([]);
});

/** Opens an account with two releases, in which the tasks of some revisions fail to start. */
async function accountWithFailingRevisions() {
  const failing = new Set<number>();
  const plane: DataPlane = {
    ...simulatedDataPlane,
    startTask: (region, taskArn, onOutcome) => {
      const { taskDefinitionArn = '' } = region.ecs.tasks.get(taskArn) ?? {};
      onOutcome(
        failing.has(Number(taskDefinitionArn.split(':').at(-1)))
          ? { stopCode: 'TaskFailedToStart', reason: 'ResourceInitializationError: by the test' }
          : undefined,
      );
    },
  };
  const user = await account({ clock: patientClock(), plane });
  for (const version of ['1', '2']) await user.provision(release(version), { wait: true });
  return { user, failing };
}

test('a rollback that fails leaves the former revision in service, and the next plan finds nothing to do', async () => {
  const { user, failing } = await accountWithFailingRevisions();
  failing.add(3);
  await expect(user.rollback(release('2'), { wait: true })).rejects.toMatchObject({
    code: 'DEPLOYMENT',
    what: expect.stringContaining('This was the rollback to revision 1.') as unknown,
  });
  expect(await definitionInService(user)).toMatchObject({ revision: 2, version: '2' });
  expect(await activeRevisions(user)).toEqual([2]);
  expect(await user.plan(release('2'))).toEqual([]);
  failing.clear();
  await user.rollback(release('2'), { wait: true });
  expect(await definitionInService(user)).toMatchObject({ revision: 4, version: '1' });
});

test('a failed rollback is explained even if its revision cannot be deregistered', async () => {
  const { user, failing } = await accountWithFailingRevisions();
  failing.add(3);
  user.sandbox.faults.add({
    operation: 'DeregisterTaskDefinition',
    kind: 'refused',
    code: 'AccessDeniedException',
    message: 'by the test',
    status: 400,
    nth: 1,
    times: 'always',
  });
  await expect(user.rollback(release('2'), { wait: true })).rejects.toMatchObject({
    code: 'DEPLOYMENT',
    what: expect.stringContaining('This was the rollback to revision 1.') as unknown,
  });
  expect(user.output().warnings).toEqual(['shop-dev-web:3 may stay registered: by the test']);
  user.sandbox.faults.clear();
  failing.clear();
  await user.rollback(release('2'), { wait: true });
  expect(await definitionInService(user)).toMatchObject({ version: '1' });
});

test('--to restores any revision, --plan changes nothing, and the count stays', async () => {
  const user = await accountWithReleases();
  await user.provision(release('3', { count: 2 }), { wait: true });
  user.sandbox.journal.clear();
  const planned = await user.rollback(withoutSource, { to: 1, plan: true });
  expect(planned).toMatchObject({
    exitCode: 2,
    text: '  ~ rollback web: revision 3 → the content of revision 1',
  });
  expect(mutationsOf(user)).toEqual([]);
  await user.rollback(withoutSource, { to: 1, wait: true });
  expect(await definitionInService(user)).toMatchObject({ version: '1' });
  expect(await serviceOf(user)).toMatchObject({ desiredCount: 2, runningCount: 2 });
  user.sandbox.journal.clear();
  await expect(user.rollback(withoutSource, { to: 1, wait: true })).resolves.toMatchObject({ exitCode: 0 });
  expect(mutationsOf(user)).toEqual([]);
});

describe('a rollback that is impossible is one problem, and nothing changes', () => {
  const expectRefusal = async (user: Account, config: StackInput, options: object, expected: object) => {
    user.sandbox.journal.clear();
    const { state } = user.snapshot();
    await expect(user.rollback(config, options)).rejects.toMatchObject({
      now: 'Nothing was changed.',
      ...expected,
    });
    expect(mutationsOf(user)).toEqual([]);
    expect(user.snapshot().state).toBe(state);
  };

  test.each<[string, object, object]>([
    [
      'an unknown revision',
      { to: 9 },
      { code: 'ROLLBACK_REFUSED', what: 'There is no revision 9 of web.', why: 'The revisions are 1, 2, 3.' },
    ],
    [
      'an unknown service',
      { service: 'wbe' },
      { code: 'ARGUMENTS', why: 'The services are web. Did you mean web?' },
    ],
  ])('%s', async (_what, options, expected) => {
    await expectRefusal(await accountWithReleases(), withoutSource, options, expected);
  });

  test('an image that is gone', async () => {
    const user = await accountWithReleases();
    const repositoryName = 'shop-dev/web-app';
    const { imageDetails = [] } = await user.aws.ecr.send(new DescribeImagesCommand({ repositoryName }));
    const imageIds = imageDetails.map(({ imageDigest }) => ({ imageDigest }));
    await user.aws.ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    await expectRefusal(
      user,
      withoutSource,
      {},
      {
        code: 'ROLLBACK_REFUSED',
        what: 'An image of revision 2 of web is gone.',
        why: expect.stringMatching(/^app: .*shop-dev\/web-app@sha256:/) as unknown,
      },
    );
  });

  test('no earlier revision', async () => {
    const user = await account({ clock: patientClock() });
    await user.provision(release('1'), { wait: true });
    await expectRefusal(
      user,
      withoutSource,
      {},
      {
        code: 'ROLLBACK_REFUSED',
        what: 'There is no earlier revision of web to roll back to.',
        why: 'Revision 1 is in service, and ECS records no successful deployment of an earlier revision.',
      },
    );
  });

  test('an image by tag whose digest is not recorded', async () => {
    const user = await account({ clock: patientClock() });
    const tagged = (tag: string): StackInput => ({
      ...withoutDomain,
      services: { web: { containers: { app: { image: `public.ecr.aws/shop/app:${tag}` } } } },
    });
    for (const tag of ['1', '2']) await user.provision(tagged(tag), { wait: true });
    await expectRefusal(
      user,
      tagged('2'),
      {},
      {
        code: 'ROLLBACK_REFUSED',
        what: 'The image of app in revision 1 of web is not known by its digest.',
      },
    );
  });

  test('another port than the one that the load balancer uses', async () => {
    const user = await account();
    const onPort = (port: number): StackInput => ({
      ...withoutDomain,
      services: { web: { containers: { app: { source: 'app', port, path: '/' } } } },
    });
    await user.provision(onPort(8000));
    await user.provision(onPort(9000));
    await expectRefusal(
      user,
      onPort(9000),
      { to: 1 },
      {
        code: 'ROLLBACK_REFUSED',
        what: 'Revision 1 of web does not fit the load balancer.',
        why: 'The load balancer sends requests to port 9000 of app, which has the port 8000 in revision 1.',
      },
    );
  });

  test('several services, and no name', async () => {
    const user = await account({ clock: patientClock() });
    const two: StackInput = {
      ...withoutDomain,
      services: { ...web(), jobs: { containers: { job: { image: 'public.ecr.aws/shop/job:1' } } } },
    };
    await user.provision(two);
    await expectRefusal(
      user,
      two,
      {},
      {
        code: 'ARGUMENTS',
        what: 'The rollback needs the name of a service.',
        fix: ['npm run rollback -- jobs', 'or npm run rollback -- web'],
      },
    );
  });
});

// npm run deploy: provisions one service with everything that it needs, and leaves the other services for a provision.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { container, stack, web } from './stacks.ts';

const { domain: _domain, ...withoutDomain } = stack();
type Services = StackInput['services'];
const jobs = (image: string, more: Partial<Services[string]> = {}): Services => ({
  jobs: {
    containers: { job: { image: `public.ecr.aws/shop/job:${image}`, port: 7000, path: '/jobs' } },
    ...more,
  },
});
const withServices = (services: Services, more: Partial<StackInput> = {}): StackInput => ({
  ...withoutDomain,
  services,
  ...more,
});
const both = withServices({ ...web(), ...jobs('1') });
/** Both services differ, and so does a shared resource. */
const bothChanged = withServices(
  { ...web({ api1: { image: 'public.ecr.aws/shop/api1:2' } }), ...jobs('2', { cpu: 512, memory: 1024 }) },
  { logRetentionDays: 30 },
);
const deployWeb = { deploy: true, service: 'web' };

test('a deploy changes one service and the shared resources, and says what it leaves for a provision', async () => {
  const user = await provisionedAccount(both);
  const planned = await user.plan(bothChanged, deployWeb);
  expect(planInWords(planned)).toEqual([
    'update logGroup: retention days',
    'update taskDefinitions.web: api1.image',
    'update services.web: task definition',
  ]);
  const leftOut = ['taskDefinitions.jobs', 'services.jobs'];
  expect(user.output().result?.json).toMatchObject({ service: 'web', leftOut });
  const note = 'left for npm run provision: update taskDefinitions.jobs, update services.jobs';
  expect(user.output().notes).toContain(note);
  const { done } = await user.provision(bothChanged, deployWeb);
  expect(done).toEqual(['logGroup update', 'services.web update', 'taskDefinitions.web update']);
  expect(user.output().notes).toContain(note);
  expect(user.output().result?.json).toMatchObject({ service: 'web', leftOut });
  expect(planInWords(await user.plan(bothChanged))).toEqual([
    'update taskDefinitions.jobs: cpu, memory, job.image',
    'update services.jobs: task definition',
  ]);
  expect(await user.plan(bothChanged, deployWeb)).toEqual([]);
  await user.provision(bothChanged);
  expect(await user.plan(bothChanged)).toEqual([]);
});

test('a deploy into an empty account creates what the service needs, and a provision adds the rest', async () => {
  const user = await account();
  await user.provision(both, deployWeb);
  expect(Object.keys(user.ids()).filter((address) => address.includes('jobs'))).toEqual([]);
  expect(Object.keys(user.ids())).toEqual(expect.arrayContaining(['vpc', 'services.web', 'rules.web-api1']));
  const { done } = await user.provision(both);
  expect(done).toEqual(
    [
      'rules.jobs-job create',
      'securityGroups.jobs create',
      'services.jobs create',
      'targetGroups.jobs-job create',
      'taskDefinitions.jobs create',
    ].sort(),
  );
  expect(await user.plan(both)).toEqual([]);
});

test('the images of the other services are neither built nor pushed', async () => {
  const sources = (version: string): StackInput =>
    withServices({
      web: { containers: { app: { source: 'app', environment: { VERSION: version } } } },
      jobs: { containers: { job: { source: 'app', environment: { VERSION: version } } } },
    });
  const user = await account();
  await user.provision(sources('1'));
  user.sandbox.journal.clear();
  // The folder of jobs need not even exist.
  const { web: newWeb = { containers: {} } } = sources('2').services;
  const withoutFolder = {
    jobs: { containers: { job: { source: 'deleted', environment: { VERSION: '1' } } } },
  };
  await user.provision(withServices({ web: newWeb, ...withoutFolder }), deployWeb);
  const calls = user.sandbox.journal.entries().map(({ service, operation }) => `${service}:${operation}`);
  // DescribeImages looks for one image: that of web.
  expect(calls.filter((call) => call === 'ecr:DescribeImages')).toHaveLength(1);
  expect(planInWords(await user.plan(sources('2')))).toEqual([
    'update taskDefinitions.jobs: job.environment.VERSION',
    'update services.jobs: task definition',
  ]);
});

test('a service that is removed or renamed is left for a provision, and a removed container is not', async () => {
  const user = await provisionedAccount(
    withServices({ ...web({ api3: container('api3', 9000) }), ...jobs('1') }),
  );
  const { done } = await user.provision(withServices(web()), deployWeb);
  expect(done).toEqual([
    expect.stringMatching(/^rules\.priority-\d+ remove$/),
    'securityGroups.web update',
    'services.web update',
    expect.stringMatching(/^targetGroups\.shop-dev-web-api3-\w+ remove$/),
    'taskDefinitions.web update',
  ]);
  const left = (user.output().result?.json as { leftOut: string[] }).leftOut;
  expect(left).toEqual(
    expect.arrayContaining(['services.jobs', 'taskDefinitions.jobs', 'securityGroups.jobs']),
  );
  expect(left.filter((address) => address.includes('web'))).toEqual([]);
});

test('an unknown service is refused before any call, with the nearest name', async () => {
  const user = await provisionedAccount(both);
  user.sandbox.journal.clear();
  await expect(user.provision(both, { deploy: true, service: 'wbe' })).rejects.toMatchObject({
    code: 'ARGUMENTS',
    what: 'There is no service wbe.',
    why: 'The services are web, jobs. Did you mean web?',
  });
  expect(user.sandbox.journal.entries()).toEqual([]);
});

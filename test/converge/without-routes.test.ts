// A stack without routes has no load balancer: it comes and goes with the first and the last route, and the task goes on.
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { isProblem } from '../../lib/model/problem.ts';
import { account, planInWords, type Account } from './harness.ts';

type ContainerInput = StackInput['services'][string]['containers'][string];

const worker = (changes: Partial<ContainerInput> = {}, more: Partial<StackInput> = {}): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  services: {
    web: { containers: { app: { image: 'public.ecr.aws/shop/app:1', port: 8000, ...changes } } },
  },
  ...more,
});
const server = worker(
  { path: '/app' },
  { protect: true, domain: { name: 'api.example.com', zone: 'example.com', createZone: true } },
);

/** The kinds of resources that only a stack with routes has. */
const BALANCER_NOUNS = [
  'loadBalancer',
  'listener',
  'rules.web-app',
  'targetGroups.web-app',
  'securityGroups.balancer',
];

const balancerAddresses = (user: Account) =>
  Object.keys(user.ids()).filter((address) =>
    /^(loadBalancer|listener|rules|targetGroups|record)|balancer/.test(address),
  );

async function serviceOf({ aws }: Account) {
  const { services = [] } = await aws.ecs.send(
    new ecs.DescribeServicesCommand({ cluster: 'shop-dev', services: ['web'] }),
  );
  return services[0];
}

test('a worker has no load balancer, and its output has no address', async () => {
  const user = await account();
  await user.provision(worker());
  expect(balancerAddresses(user)).toEqual([]);
  const { LoadBalancers } = await user.aws.elb.send(new elbv2.DescribeLoadBalancersCommand({}));
  expect(LoadBalancers).toEqual([]);
  expect(user.output().result).toMatchObject({ text: '', json: { url: null } });
  expect(user.output().notes).toContain(
    'no container has a path, so the stack has no load balancer and no address',
  );
  expect(await user.plan(worker())).toEqual([]);
  user.deleteState();
  expect(await user.plan(worker())).toEqual([]);
  await user.teardown(worker());
  expect(user.census()).toEqual({});
});

test('the load balancer, even a protected one, goes with the last route, and comes with the first one', async () => {
  const user = await account();
  await user.provision(worker());
  const census = user.census();
  // Without programs, no path answers, so the run does not wait.
  await user.provision(server);
  expect(balancerAddresses(user)).toEqual(expect.arrayContaining(BALANCER_NOUNS));
  expect(await user.plan(server)).toEqual([]);
  const arn = (await serviceOf(user))?.serviceArn;
  const plan = planInWords(await user.plan(worker()));
  const removals = plan.filter((line) => line.startsWith('remove '));
  for (const noun of [
    'loadBalancer',
    'listener',
    'rules',
    'targetGroups',
    'securityGroups',
    'record',
    'hostedZone',
  ])
    expect(removals).toContainEqual(expect.stringMatching(new RegExp(`^remove ${noun}\\b`)));
  expect(plan).toContain('update services.web: load balancers');
  await user.provision(worker(), { wait: true });
  expect(balancerAddresses(user)).toEqual([]);
  expect(user.census()).toEqual(census);
  expect(await serviceOf(user)).toMatchObject({ serviceArn: arn, loadBalancers: [], runningCount: 1 });
  expect(await user.plan(worker())).toEqual([]);
  await user.teardown(worker());
  expect(user.census()).toEqual({});
});

test('a deployment of one service leaves the load balancer for a provision', async () => {
  const user = await account();
  await user.provision(server);
  const { domain, protect, ...withoutDomain } = server;
  expect([domain, protect]).not.toContain(undefined);
  await user.provision(withoutDomain);
  await user.provision(worker(), { deploy: true, service: 'web' });
  expect(await serviceOf(user)).toMatchObject({ loadBalancers: [] });
  expect(user.output().result?.json).toMatchObject({
    leftOut: ['securityGroups.balancer', 'loadBalancer', 'listener'],
  });
  await user.provision(worker());
  expect(balancerAddresses(user)).toEqual([]);
  await user.teardown(worker());
  expect(user.census()).toEqual({});
});

test.each(['blueGreen', 'rolling'] as const)(
  'with deploy: %s, the first route comes and the last one goes',
  async (deploy) => {
    const user = await account();
    const routed: StackInput = {
      ...worker(),
      services: { web: { deploy, containers: worker({ path: '/app' }).services['web']?.containers ?? {} } },
    };
    await user.provision(worker());
    await user.provision(routed);
    expect(await user.plan(routed)).toEqual([]);
    await user.provision(worker());
    expect(await user.plan(worker())).toEqual([]);
    expect(balancerAddresses(user)).toEqual([]);
    await user.teardown(worker());
    expect(user.census()).toEqual({});
  },
);

test('a redirect alone needs a load balancer', async () => {
  const user = await account();
  const redirecting = worker({}, { routes: [{ paths: '/old', redirect: { path: '/new' } }] });
  await user.provision(redirecting);
  expect(balancerAddresses(user)).toEqual([
    'securityGroups.balancer',
    'loadBalancer',
    'listener',
    'rules.redirect:/old',
  ]);
  expect(user.output().notes).toContain('no container has a path, so no request reaches a service');
  expect(await user.plan(redirecting)).toEqual([]);
  await user.teardown(redirecting);
  expect(user.census()).toEqual({});
});

test("the load balancer of someone else that has the stack's name is left alone", async () => {
  const user = await account();
  await user.provision(worker());
  const subnets = ['public-1', 'public-2'].map((key) => user.ids()[`subnets.${key}`]?.['subnetId'] ?? '');
  const { LoadBalancers = [] } = await user.aws.elb.send(
    new elbv2.CreateLoadBalancerCommand({ Name: 'shop-dev', Subnets: subnets }),
  );
  expect(await user.plan(worker())).toEqual([]);
  await expect(user.plan(server)).rejects.toMatchObject({ code: 'FOREIGN' });
  await user.aws.elb.send(
    new elbv2.DeleteLoadBalancerCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
  );
  await user.teardown(worker());
  expect(user.census()).toEqual({});
});

test('at any time while the routes of a stack go and come, a task runs', async () => {
  const user = await account({ realTasks: true, lifetime: 'file' });
  const program = (changes: Partial<ContainerInput>) =>
    worker({
      source: 'app',
      environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTP' },
      image: undefined,
      ...changes,
    });
  await user.provision(program({ path: '/app' }), { wait: true });
  let fewest = Infinity;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      fewest = Math.min(fewest, (await serviceOf(user))?.runningCount ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await user.provision(program({}), { wait: true });
  await user.provision(program({ path: '/app' }), { wait: true });
  isOver = true;
  await watching;
  expect(fewest).toBeGreaterThanOrEqual(1);
  await user.teardown(program({}));
  expect(user.census()).toEqual({});
}, 180_000);

test('the crash of a worker is explained', async () => {
  const user = await account({ realTasks: true, lifetime: 'file' });
  const crashing: StackInput = {
    ...worker(),
    services: { web: { containers: { app: { source: 'app', environment: { OTHERS: 'exit' } } } } },
  };
  const error: unknown = await user.provision(crashing, { wait: true }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isProblem(error, 'DEPLOYMENT') && error.why).toMatch(/exit/);
  await user.teardown(crashing);
  expect(user.census()).toEqual({});
}, 180_000);

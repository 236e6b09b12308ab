// Every kind of change in slipway.config.ts: provision makes exactly the planned changes, and nothing is left over.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { testSample } from '../sample.ts';
import { container, stack, web } from './stacks.ts';

const jobsService = { jobs: { containers: { worker: container('worker', 8000) } } };
const renamedContainers = {
  orders: container('orders', 5000, { path: '/api1' }),
  api2: container('api2', 6000),
};
const migrate = { image: 'public.ecr.aws/shop/migrate:1', essential: false };
const limits = { cpu: 128, memory: 256, memoryReservation: 128, ulimits: { nofile: 65_536 } };
const { domain: _, ...withoutDomain } = stack();

const cases: [what: string, after: StackInput, before?: StackInput][] = [
  ['the path of a container', stack({ services: web({ api1: { path: '/orders' } }) })],
  ['two swapped paths', stack({ services: web({ api1: { path: '/api2' }, api2: { path: '/api1' } }) })],
  ['a health check', stack({ services: web({ api1: { health: { path: '/ready', intervalSeconds: 20 } } }) })],
  ['an environment variable', stack({ services: web({ api1: { environment: { LEVEL: 'debug' } } }) })],
  [
    'permissions',
    stack({
      services: web(
        {},
        { permissions: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::uploads/*'] }] },
      ),
    }),
  ],
  [
    'other managed policies',
    stack({ services: web({}, { managedPolicies: ['AmazonS3ReadOnlyAccess'] }) }),
    stack({ services: web({}, { managedPolicies: ['AmazonSQSReadOnlyAccess'] }) }),
  ],
  ['a permissions boundary', stack({ permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' })],
  ['cpu and memory', stack({ services: web({}, { cpu: 512, memory: 1024 }) })],
  [
    'a job that runs first',
    stack({ services: web({ api1: { dependsOn: { migrate: 'SUCCESS' } }, migrate }) }),
  ],
  ['the limits of a container', stack({ services: web({ api1: limits }) })],
  ['removed limits', stack(), stack({ services: web({ api1: limits }) })],
  ['the count', stack({ services: web({}, { count: 3 }) })],
  ['a count of zero', stack({ services: web({}, { count: 0 }) })],
  ['an image', stack({ services: web({ api1: { image: 'public.ecr.aws/shop/api1:2' } }) })],
  ['the log retention', stack({ logRetentionDays: 30 })],
  ['the deregistration delay', stack({ deregistrationDelaySeconds: 5 })],
  ['stickiness', stack({ services: web({ api1: { stickiness: true } }) })],
  [
    "stickiness by the program's cookie",
    stack({ services: web({ api1: { stickiness: { cookie: 'session', seconds: 60 } } }) }),
    stack({ services: web({ api1: { stickiness: 600 } }) }),
  ],
  ['removed stickiness', stack(), stack({ services: web({ api1: { stickiness: true } }) })],
  [
    'the port of a sticky container',
    stack({ services: web({ api1: { stickiness: true, port: 5001 } }) }),
    stack({ services: web({ api1: { stickiness: true } }) }),
  ],
  [
    'another port and no stickiness',
    stack({ services: web({ api1: { port: 5001 } }) }),
    stack({ services: web({ api1: { stickiness: true } }) }),
  ],
  ['a slow start', stack({ services: web({ api1: { slowStartSeconds: 30 } }) })],
  [
    'another algorithm instead of a slow start',
    stack({ services: web({ api1: { balancing: 'least-outstanding-requests' } }) }),
    stack({ services: web({ api1: { slowStartSeconds: 30 } }) }),
  ],
  [
    'a rolling deployment with stickiness',
    stack({ services: web({ api1: { stickiness: true } }) }),
    stack({ services: web({}, { deploy: 'blueGreen' }) }),
  ],
  [
    'a blue-green deployment without stickiness',
    stack({ services: web({}, { deploy: 'blueGreen' }) }),
    stack({ services: web({ api1: { stickiness: true } }) }),
  ],
  ['the idle timeout', stack({ idleTimeoutSeconds: 120 })],
  ['deletion protection', stack({ protect: true })],
  ['removed deletion protection', stack(), stack({ protect: true })],
  ['a list of clients', stack({ clients: ['203.0.113.0/24', '2001:db8::/32'] })],
  ['another list of clients', stack({ clients: ['203.0.113.0/24'] }), stack({ clients: ['10.0.0.0/8'] })],
  ['an internal load balancer', stack({ internal: true })],
  ['a load balancer that is internal no longer', stack(), stack({ internal: true, protect: true })],
  ['access logs', stack({ accessLogs: true })],
  ['removed access logs', stack(), stack({ accessLogs: true })],
  ['Container Insights', stack({ insights: 'enhanced' })],
  ['tags', stack({ tags: { team: 'orders' } })],
  ['a removed tag', stack({ tags: { team: 'orders' } }), stack({ tags: { team: 'orders', cost: '1' } })],
  ['the DNS name', stack({ domain: { name: 'www.example.com', zone: 'example.com', createZone: true } })],
  ['the hosted zone', stack({ domain: { name: 'api.example.org', zone: 'example.org', createZone: true } })],
  ['a removed domain', withoutDomain],
  ['an added domain', stack(), withoutDomain],
  ['an added container', stack({ services: web({ api3: container('api3', 7000) }) })],
  ['a removed container', stack(), stack({ services: web({ api3: container('api3', 7000) }) })],
  ['a renamed container', stack({ services: { web: { containers: renamedContainers } } })],
  ['the port of a container', stack({ services: web({ api1: { port: 5001 } }) })],
  ['the protocol of a container', stack({ services: web({ api1: { protocol: 'HTTPS' } }) })],
  ['an added service', stack({ services: { ...web(), ...jobsService } })],
  ['a removed service', stack(), stack({ services: { ...web(), ...jobsService } })],
  ['a renamed service', stack({ services: { shop: web()['web'] ?? { containers: {} } } })],
  ['a third availability zone', stack({ network: { zones: 3 } })],
  ['a removed availability zone', stack(), stack({ network: { zones: 3 } })],
];

const titledCases = cases.map(([what, ...stacks]): (typeof cases)[number] => [
  `provision makes exactly the planned changes: ${what}`,
  ...stacks,
]);

testSample(titledCases, async (_title, after, before = stack()) => {
  const user = await provisionedAccount(before);
  const plan = await user.plan(after);
  expect(planInWords(plan)).toMatchSnapshot();
  const { done, calls } = await user.provision(after);
  expect(done).toEqual(plan.map(({ address, verb }) => `${address} ${verb}`).sort());
  expect(calls).not.toEqual([]);
  expect(await user.plan(after)).toEqual([]);
  const freshAccount = await account();
  await freshAccount.provision(after);
  expect(user.census()).toEqual(freshAccount.census());
});

test('a plan with a different address block is refused', async () => {
  const user = await provisionedAccount(stack());
  await expect(user.plan(stack({ network: { cidr: '10.1.0.0/16' } }))).rejects.toMatchObject({
    code: 'REFUSED',
  });
});

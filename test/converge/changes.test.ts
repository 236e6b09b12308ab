// Whatever changes in slipway.config.ts: the plan names it, provision does that and no more, and nothing is left over.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { testSample } from '../sample.ts';
import { container, stack, web } from './stacks.ts';

const jobs = { jobs: { containers: { worker: container('worker', 8000) } } };
const renamed = { orders: container('orders', 5000, { path: '/api1' }), api2: container('api2', 6000) };
const { domain: _, ...withoutDomain } = stack();

const cases: [what: string, after: StackInput, before?: StackInput][] = [
  ['the path of a container', stack({ services: web({ api1: { path: '/orders' } }) })],
  ['two paths, swapped', stack({ services: web({ api1: { path: '/api2' }, api2: { path: '/api1' } }) })],
  ['a health check', stack({ services: web({ api1: { health: { path: '/ready', intervalSeconds: 20 } } }) })],
  ['a variable of the environment', stack({ services: web({ api1: { environment: { LEVEL: 'debug' } } }) })],
  ['cpu and memory', stack({ services: web({}, { cpu: 512, memory: 1024 }) })],
  ['the count', stack({ services: web({}, { count: 3 }) })],
  ['a pause', stack({ services: web({}, { count: 0 }) })],
  ['an image', stack({ services: web({ api1: { image: 'public.ecr.aws/shop/api1:2' } }) })],
  ['the retention of logs', stack({ logRetentionDays: 30 })],
  ['the deregistration delay', stack({ deregistrationDelaySeconds: 5 })],
  ['the idle timeout', stack({ idleTimeoutSeconds: 120 })],
  ['tags', stack({ tags: { team: 'orders' } })],
  ['a tag less', stack({ tags: { team: 'orders' } }), stack({ tags: { team: 'orders', cost: '1' } })],
  ['the DNS name', stack({ domain: { name: 'www.example.com', zone: 'example.com', createZone: true } })],
  ['the zone', stack({ domain: { name: 'api.example.org', zone: 'example.org', createZone: true } })],
  ['no domain any more', withoutDomain],
  ['a domain', stack(), withoutDomain],
  ['a container more', stack({ services: web({ api3: container('api3', 7000) }) })],
  ['a container less', stack(), stack({ services: web({ api3: container('api3', 7000) }) })],
  ['a container by another name', stack({ services: { web: { containers: renamed } } })],
  ['the port of a container', stack({ services: web({ api1: { port: 5001 } }) })],
  ['the protocol of a container', stack({ services: web({ api1: { protocol: 'HTTPS' } }) })],
  ['a service more', stack({ services: { ...web(), ...jobs } })],
  ['a service less', stack(), stack({ services: { ...web(), ...jobs } })],
  ['a service by another name', stack({ services: { shop: web()['web'] ?? { containers: {} } } })],
  ['a third zone', stack({ network: { zones: 3 } })],
  ['a zone less', stack(), stack({ network: { zones: 3 } })],
];

testSample(cases, async (_what, after, before = stack()) => {
  const user = await provisionedAccount(before);
  const plan = await user.plan(after);
  expect(planInWords(plan)).toMatchSnapshot();
  const { done, calls } = await user.provision(after);
  expect(done).toEqual(plan.map(({ address, verb }) => `${address} ${verb}`).sort());
  expect(calls).not.toEqual([]);
  expect(await user.plan(after)).toEqual([]);
  const fresh = await account();
  await fresh.provision(after);
  expect(user.census()).toEqual(fresh.census());
});

test('another block of addresses is refused before anything is touched', async () => {
  const user = await provisionedAccount(stack());
  await expect(user.plan(stack({ network: { cidr: '10.1.0.0/16' } }))).rejects.toMatchObject({
    code: 'REFUSED',
  });
});

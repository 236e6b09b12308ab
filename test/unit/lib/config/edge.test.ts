// Every kind of mistake in the fields that protect a stack.
import { expect, test } from '@jest/globals';
import { mistakesOf, testRefusals, validStackWith } from './support.ts';

const FORM = 'Use a CIDR block, e.g. 203.0.113.0/24 or 2001:db8::/32.';

testRefusals(
  'protect',
  'Use true or false: whether AWS refuses to delete the load balancer; a teardown refuses as well.',
  { 'a string': 'yes' },
);
for (const [block, fix] of [
  ['10.0.0.0', "Use '10.0.0.0/32' for this one address."],
  ['10.0.0.0/33', FORM],
  ['office', FORM],
  ['', FORM],
  ['2001:db8::', FORM],
  ['2001:db8::/129', FORM],
  ['2001:db8::g/32', FORM],
  ['10.0.1.7/16', 'Use the form in which AWS keeps it: 10.0.0.0/16.'],
  ['2001:DB8:0:0::/32', 'Use the form in which AWS keeps it: 2001:db8::/32.'],
  ['2001:db8::1/64', 'Use the form in which AWS keeps it: 2001:db8::/64.'],
] as const)
  test(`clients: ${block} is refused, with a fix`, () => {
    expect(mistakesOf(validStackWith({ clients: [block] }))).toEqual([
      { path: 'clients[0]', value: `'${block}'`, fix },
    ]);
  });

testRefusals(
  'clients',
  'Use a list of strings: the only addresses that may connect, e.g. 203.0.113.0/24; by default, all.',
  { 'an empty list': [] },
  'a list',
);

test('clients: blocks in the form of AWS are accepted', () => {
  const clients = ['203.0.113.0/24', '0.0.0.0/0', '198.51.100.7/32', '2001:db8::/32', '::/0', '::1/128'];
  expect(mistakesOf(validStackWith({ clients }))).toEqual([]);
});

test('clients: a repeated block is refused', () => {
  expect(mistakesOf(validStackWith({ clients: ['10.0.0.0/8', '10.0.0.0/8'] }))).toEqual([
    { path: 'clients[1]', value: "'10.0.0.0/8'", fix: 'Remove it: the list already has this block.' },
  ]);
});

test('clients: the quota of rules per group is divided between the ports', () => {
  const blocks = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`);
  const mistakeWith = (count: number, https: boolean) =>
    mistakesOf(validStackWith({ clients: blocks(count), 'domain.https': https })).map(({ value }) => value);
  expect(mistakeWith(60, false)).toEqual([]);
  expect(mistakeWith(61, false)).toEqual(['61 blocks']);
  expect(mistakeWith(30, true)).toEqual([]);
  expect(mistakeWith(31, true)).toEqual(['31 blocks']);
});

const worker = { containers: { job: { source: 'api' } } };
const fixFor = (reason: string) =>
  `Remove it, or add the path of a container: ${reason}, and a stack without a route has none.`;

test('without a route, the settings of the load balancer are refused', () => {
  const stack = validStackWith({
    services: { worker },
    protect: true,
    internal: true,
    clients: ['10.0.0.0/8'],
  });
  expect(mistakesOf(stack)).toEqual([
    {
      path: 'domain',
      value: "'api.example.com' without a route",
      fix: fixFor('a domain is an alias of the load balancer'),
    },
    { path: 'clients', value: 'a list', fix: fixFor('clients connect to the load balancer') },
    { path: 'internal', value: 'true', fix: fixFor('it is a setting of the load balancer') },
    { path: 'protect', value: 'true', fix: fixFor('it protects the load balancer') },
  ]);
});

test('without a route, a stack without these settings is accepted, and with a redirect, one with them is', () => {
  expect(mistakesOf(validStackWith({ services: { worker }, domain: undefined }))).toEqual([]);
  const routes = [{ paths: '/old', redirect: { path: '/new' } }];
  expect(mistakesOf(validStackWith({ services: { worker }, routes, protect: true }))).toEqual([]);
});

test('if a path is invalid, only the path is reported', () => {
  const stack = validStackWith({
    services: { web: { containers: { app: { source: 'api', port: 1, path: 7 } } } },
  });
  expect(mistakesOf(stack).map(({ path }) => path)).toEqual(['services.web.containers.app.path']);
});

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188';
const LISTENER = `${ARN.replace('loadbalancer', 'listener')}/f2f7dc8efc522ab2`;
const subnets = ['subnet-0123456789abcdef0'];
const shared = (loadBalancer: object, more: Record<string, unknown> = {}) =>
  mistakesOf(validStackWith({ domain: undefined, loadBalancer, ...more })).map(({ path, fix }) => [
    path,
    fix,
  ]);

test('loadBalancer: an ARN of the load balancer or of its listener is accepted', () => {
  expect([
    ...shared({ arn: ARN, subnets }),
    ...shared({ listenerArn: LISTENER, subnets, https: true }),
  ]).toEqual([]);
});

test('loadBalancer: neither, both, another region, and a network load balancer are refused', () => {
  expect(shared({ subnets })).toEqual([
    ['loadBalancer.arn', 'Add the ARN of the load balancer, or that of its listener as listenerArn.'],
  ]);
  expect(shared({ arn: ARN, listenerArn: LISTENER, subnets })).toEqual([
    ['loadBalancer.listenerArn', 'Remove arn or listenerArn: the listener belongs to one load balancer.'],
  ]);
  expect(shared({ arn: ARN.replace('eu-west-1', 'us-east-1'), subnets })).toEqual([
    ['loadBalancer.arn', 'Use a load balancer in eu-west-1: tasks cannot be behind one in us-east-1.'],
  ]);
  expect(shared({ arn: ARN.replace('/app/', '/net/'), subnets })).toEqual([
    ['loadBalancer.arn', expect.stringMatching(/^Use the ARN of an application load balancer, e\.g\. /)],
  ]);
  expect(shared({ arn: ARN, subnets: [...subnets, ...subnets] })).toEqual([
    ['loadBalancer.subnets[1]', 'Remove it: the list already has this subnet.'],
  ]);
});

test('loadBalancer: what only its owner can change is refused, and so is a stack without a route', () => {
  const more = { protect: true, internal: true, clients: ['10.0.0.0/8'], flowLogs: true };
  const domain = { name: 'api.example.com', zone: 'example.com' };
  expect(shared({ arn: ARN, subnets }, { ...more, domain }).map(([path]) => path)).toEqual([
    'domain',
    'clients',
    'internal',
    'protect',
    'flowLogs',
  ]);
  expect(shared({ arn: ARN, subnets }, { services: { worker } })).toEqual([
    ['loadBalancer', fixFor('its rules send requests to it')],
  ]);
});

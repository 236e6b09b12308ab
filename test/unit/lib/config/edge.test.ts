// Every kind of mistake in the fields that protect a stack.
import { expect, test } from '@jest/globals';
import {
  mistakesOf,
  testRefusals,
  validStackWith,
  WITHOUT_BALANCER,
  WITHOUT_OWN_BALANCER,
} from './support.ts';

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
  'Add an entry, or leave the field out: the only addresses that may connect, e.g. 203.0.113.0/24; by default, all.',
  { 'an empty list': [] },
  'an empty list',
);

test('clients: blocks in the form of AWS are accepted', () => {
  const clients = ['203.0.113.0/24', '0.0.0.0/0', '198.51.100.7/32', '2001:db8::/32', '::/0', '::1/128'];
  expect(mistakesOf(validStackWith({ clients }))).toEqual([]);
});

const NAME =
  'Use the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots, e.g. shop-logs. It is neither an ARN nor a URL.';
const PREFIX = 'Use letters, digits and hyphens, with single slashes between them, e.g. shop/dev.';
for (const [field, text, fix] of [
  ['bucket', 'arn:aws:s3:::logs', NAME],
  ['bucket', 'Shop', NAME],
  ['bucket', '10.0.0.1', NAME],
  ['prefix', 'shop/', PREFIX],
  ['prefix', '/shop', PREFIX],
  ['prefix', '', PREFIX],
  [
    'prefix',
    'shop/AWSLogs',
    'Leave out AWSLogs: AWS adds it to the prefix, and refuses a prefix that contains it.',
  ],
] as const)
  test(`accessLogs: the ${field} ${text} is refused, with a fix`, () => {
    expect(mistakesOf(validStackWith({ accessLogs: { [field]: text } }))).toEqual([
      { path: `accessLogs.${field}`, value: `'${text}'`, fix },
    ]);
  });

test('accessLogs: a lifecycle for a bucket of the user is refused', () => {
  expect(mistakesOf(validStackWith({ accessLogs: { bucket: 'company-logs', days: 7 } }))).toEqual([
    {
      path: 'accessLogs.days',
      value: '7',
      fix: 'Remove it, or remove bucket: Slipway does not change the lifecycle rules of company-logs.',
    },
  ]);
});

test('accessLogs: true, a prefix, days, and a bucket are accepted', () => {
  for (const accessLogs of [true, false, {}, { prefix: 'shop/dev', days: 7 }, { bucket: 'company-logs' }])
    expect(mistakesOf(validStackWith({ accessLogs }))).toEqual([]);
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

const webAcl = (region = 'eu-west-1', scope = 'regional') =>
  `arn:aws:wafv2:${region}:111122223333:${scope}/webacl/edge/1a2b3c4d-0000-4000-8000-000000000000`;

test('waf: a web ACL of the region is accepted', () => {
  expect(mistakesOf(validStackWith({ waf: webAcl() }))).toEqual([]);
});

test.each([
  [
    'edge',
    'Use the ARN of a web ACL, e.g. arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/NAME/ID; aws wafv2 list-web-acls --scope REGIONAL shows them.',
  ],
  [
    webAcl('us-east-1', 'global'),
    'Use a web ACL with the scope REGIONAL: one with the scope CLOUDFRONT protects no load balancer.',
  ],
  [webAcl().replace('arn:aws:', 'arn:aws-cn:'), `Use the partition that contains eu-west-1: ${webAcl()}.`],
  [webAcl('us-east-1'), 'Use a web ACL in eu-west-1: a load balancer cannot use one in us-east-1.'],
])('waf: %s is refused, with a fix', (waf, fix) => {
  expect(mistakesOf(validStackWith({ waf }))).toMatchObject([{ path: 'waf', fix }]);
});

test('waf: the tag that names the web ACL counts', () => {
  const tags = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`t${index}`, '']));
  expect(mistakesOf(validStackWith({ tags }))).toEqual([]);
  expect(mistakesOf(validStackWith({ tags, waf: webAcl() }))).toMatchObject([{ path: 'tags' }]);
});

test.each([
  [
    { internal: true },
    'Remove ipv6 or internal: an internal load balancer is in the private subnets, which have only IPv4.',
  ],
  [
    { clients: ['203.0.113.0/24'] },
    'Add an IPv6 block to clients, or remove ipv6: no client could connect over IPv6.',
  ],
])('ipv6: it is refused with %j', (fields, fix) => {
  expect(mistakesOf(validStackWith({ ipv6: true, ...fields }))).toMatchObject([{ path: 'ipv6', fix }]);
});

test('ipv6: it is accepted with clients in IPv6', () => {
  expect(mistakesOf(validStackWith({ ipv6: true, clients: ['203.0.113.0/24', '2001:db8::/32'] }))).toEqual(
    [],
  );
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
    ipv6: true,
    waf: webAcl(),
    accessLogs: true,
  });
  const others = ['ipv6', 'waf', 'accessLogs'];
  const of = [
    ...['domain', 'clients', 'internal', 'protect'],
    ...['idleTimeoutSeconds', 'deregistrationDelaySeconds'],
    ...others,
  ];
  expect(new Set(mistakesOf(stack).map(({ path }) => path))).toEqual(new Set(of));
  expect(mistakesOf(stack).filter(({ path }) => !others.includes(path))).toEqual([
    {
      path: 'domain',
      value: "'api.example.com' without a route",
      fix: fixFor('a domain is an alias of the load balancer'),
    },
    { path: 'clients', value: 'a list', fix: fixFor('clients connect to the load balancer') },
    { path: 'internal', value: 'true', fix: fixFor('it is a setting of the load balancer') },
    { path: 'protect', value: 'true', fix: fixFor('it protects the load balancer') },
    {
      path: 'idleTimeoutSeconds',
      value: '30',
      fix: fixFor('the load balancer closes silent connections'),
    },
    {
      path: 'deregistrationDelaySeconds',
      value: '5',
      fix: fixFor('the load balancer waits for the requests of draining tasks'),
    },
  ]);
});

test('without a route, a stack without these settings is accepted, and with a redirect, one with them is', () => {
  expect(mistakesOf(validStackWith({ ...WITHOUT_BALANCER, services: { worker } }))).toEqual([]);
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
  mistakesOf(validStackWith({ ...WITHOUT_OWN_BALANCER, loadBalancer, ...more })).map(({ path, fix }) => [
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
  const more = {
    ...{ protect: true, internal: true, clients: ['10.0.0.0/8'], flowLogs: true },
    ...{ idleTimeoutSeconds: 60, network: { cidr: '10.0.0.0/16', zones: 2 } },
  };
  const domain = { name: 'api.example.com', zone: 'example.com' };
  expect(shared({ arn: ARN, subnets }, { ...more, domain }).map(([path]) => path)).toEqual([
    'domain',
    'clients',
    'internal',
    'protect',
    'flowLogs',
    'idleTimeoutSeconds',
    'network.cidr',
    'network.zones',
  ]);
  expect(shared({ arn: ARN, subnets }, { ...WITHOUT_BALANCER, services: { worker } })).toEqual([
    ['loadBalancer', fixFor('its rules send requests to it')],
  ]);
});

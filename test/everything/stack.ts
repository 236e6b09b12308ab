/** For tests: a stack with every capability switched on, and one change of each of its fields. */
import type { StackInput } from '../../lib/config/schema.ts';

type ServiceInput = StackInput['services'][string];
type ContainerInput = ServiceInput['containers'][string];

/** The names of the secrets that exist before the stack, and that it only reads. */
export const SECRETS = { parameter: '/outside/db', json: 'outside/keys', registry: 'outside/registry' };
/** The alarm that exists before the stack. */
export const ALARM = 'shop-5xx';
/** The file of environment variables that must be beside the configuration. */
export const ENVIRONMENT_FILE = { name: 'shop.env', text: 'LEVEL=info\n' };
/** The bucket that exists before the stack, and that accepts access logs. */
export const LOG_BUCKET = 'outside-logs';
/** The web ACL that exists before the stack. Its id follows from the seed of the sandbox; elsewhere, it has another ARN. */
export const WEB_ACL =
  'arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/outside/b91f8c7a-b837-4f5c-a838-4215dbfa4b92';

const api1: ContainerInput = {
  image: 'public.ecr.aws/shop/api1:1',
  port: 5000,
  path: ['/api1', '/v1'],
  stripPath: true,
  routes: [
    { paths: '/img/*.png', hosts: ['www.example.com', '*.api.example.com'], methods: ['GET', 'HEAD'] },
    {
      paths: '/old/a',
      priority: 7,
      rewrite: {
        url: { regex: '^/old/(.*)$', replace: '/new/$1' },
        host: { regex: '^.*$', replace: 'app.internal' },
      },
    },
    { headers: { 'X-Version': '2*' }, queries: { debug: ['1', 'true'] }, sources: '10.0.0.0/8' },
  ],
  health: {
    ...{
      path: '/health',
      intervalSeconds: 20,
      timeoutSeconds: 6,
      healthyThreshold: 3,
      unhealthyThreshold: 4,
    },
    ...{ matcher: '200,204', command: ['node', 'check.js'], startSeconds: 60 },
  },
  environmentFile: ENVIRONMENT_FILE.name,
  environment: { MODE: 'fast' },
  secrets: { DB: `ssm:${SECRETS.parameter}`, KEY: `secretsmanager:${SECRETS.json}#api` },
  command: ['node', 'main.js'],
  user: 'node',
  stopSeconds: 20,
  ...{ cpu: 128, memory: 256, memoryReservation: 128, ulimits: { nofile: { soft: 1024, hard: 4096 } } },
  dependsOn: { migrate: 'SUCCESS', api2: 'START' },
  writable: ['/var/cache'],
  stickiness: { seconds: 600, cookie: 'session' },
};

const api2: ContainerInput = {
  image: 'registry.example.com/shop/api2:1',
  registryCredentials: `secretsmanager:${SECRETS.registry}`,
  port: 6000,
  path: '/api2',
  protocol: 'HTTPS',
  readOnlyRoot: false,
  entryPoint: ['nginx'],
  balancing: 'least-outstanding-requests',
};

const orders: ContainerInput = {
  image: 'public.ecr.aws/shop/orders:1',
  port: 6500,
  path: '/shop.Orders',
  protocol: 'GRPC',
  health: { path: '/grpc.health.v1.Health/Check', matcher: '0' },
};

const events: ContainerInput = {
  ...{ image: 'public.ecr.aws/shop/events:1', port: 6600, path: '/events', protocol: 'HTTP2' },
  ...{ slowStartSeconds: 60, balancing: 'round-robin' },
};

const web: ServiceInput = {
  ...{ cpu: 512, memory: 2048, count: 2, graceSeconds: 30 },
  permissions: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::uploads/*'] }],
  managedPolicies: ['AmazonSQSReadOnlyAccess'],
  exec: true,
  deploy: {
    rolling: { bakeMinutes: 0 },
    alarms: [ALARM],
    circuitBreaker: { thresholdType: 'count', threshold: 4, resetOnHealthyTask: false },
  },
  containers: {
    ...{ api1, api2, orders, events },
    migrate: { image: 'public.ecr.aws/shop/migrate:1', essential: false },
  },
};

const shifting = (containers: ServiceInput['containers']): ServiceInput => ({
  count: 2,
  deploy: { blueGreen: { bakeMinutes: 0 } },
  containers,
});

/**
 * Returns the stack with everything on. A new field of the configuration gets a value here, and a change in `everyChange`.
 * @param changes fields of the stack with other values
 */
export const everythingOn = (changes: Partial<StackInput> = {}): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  domain: {
    ...{ name: 'api.example.com', zone: 'example.com', createZone: true, https: true },
    names: ['www.example.com', '*.api.example.com'],
  },
  network: { zones: 3 },
  ...{ logRetentionDays: 30, idleTimeoutSeconds: 30, deregistrationDelaySeconds: 5 },
  ...{ protect: true, insights: 'enhanced', flowLogs: true },
  ...{ ipv6: true, clients: ['203.0.113.0/24', '10.0.0.0/8', '2001:db8::/32'] },
  ...{ waf: WEB_ACL, accessLogs: { prefix: 'shop/dev', days: 30 } },
  tags: { team: 'orders' },
  permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess',
  routes: [
    { paths: '/moved', redirect: { path: '/api1/#{path}', permanent: false } },
    { paths: '/closed', hosts: 'www.example.com', respond: { status: 503, body: 'Closed today.' } },
  ],
  services: {
    web,
    shop: shifting({ app: { image: 'public.ecr.aws/shop/app:1', port: 7000, path: '/shop' } }),
    worker: { containers: { job: { image: 'public.ecr.aws/shop/job:1' } } },
  },
  ...changes,
});

const withWeb = (changes: Partial<ServiceInput>): Partial<StackInput> => ({
  services: { ...everythingOn().services, web: { ...web, ...changes } },
});
const withContainer = (name: string, changes: Partial<ContainerInput>): Partial<StackInput> =>
  withWeb({
    containers: { ...web.containers, [name]: { ...web.containers[name], ...changes } },
  });
const withApi1 = (changes: Partial<ContainerInput>) => withContainer('api1', changes);
const withApi2 = (changes: Partial<ContainerInput>) => withContainer('api2', changes);
const withHealth = (changes: ContainerInput['health']) =>
  withApi1({ health: { ...api1.health, ...changes } });
const withRoute = (index: number, changes: object) =>
  withApi1({ routes: api1.routes?.map((route, at) => (at === index ? { ...route, ...changes } : route)) });

/** One change of each field of the stack, by the path of the field. */
export const everyChange: readonly (readonly [field: string, changes: Partial<StackInput>])[] = [
  [
    'domain.names',
    { domain: { ...everythingOn().domain, name: 'api.example.com', names: ['www.example.com'] } },
  ],
  [
    'domain.https',
    {
      domain: { name: 'api.example.com', zone: 'example.com', createZone: true, https: false },
      protect: false,
      ...withWeb({
        containers: {
          ...web.containers,
          orders: { ...orders, protocol: 'HTTP', health: undefined },
          events: { ...events, protocol: 'HTTP' },
        },
      }),
    },
  ],
  ['network.zones', { network: { zones: 2 } }],
  ['logRetentionDays', { logRetentionDays: 60 }],
  ['idleTimeoutSeconds', { idleTimeoutSeconds: 90 }],
  ['deregistrationDelaySeconds', { deregistrationDelaySeconds: 9 }],
  ['protect', { protect: false }],
  ['clients', { clients: ['203.0.113.0/24', '2001:db8::/32'] }],
  ['insights', { insights: true }],
  ['flowLogs', { flowLogs: false }],
  ['ipv6', { ipv6: false }],
  ['waf', { waf: undefined }],
  ['accessLogs', { accessLogs: false }],
  ['accessLogs.bucket', { accessLogs: { bucket: LOG_BUCKET } }],
  ['accessLogs.prefix', { accessLogs: { prefix: 'shop', days: 30 } }],
  ['accessLogs.days', { accessLogs: { prefix: 'shop/dev', days: 60 } }],
  ['tags', { tags: { team: 'shop', cost: '1' } }],
  ['permissionsBoundary', { permissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  ['routes[].redirect', { routes: [{ paths: '/moved', redirect: { path: '/shop/#{path}' } }] }],
  ['routes[].respond', { routes: [{ paths: '/closed', respond: { status: 404 } }] }],
  ['cpu', withWeb({ cpu: 1024 })],
  ['memory', withWeb({ memory: 3072 })],
  ['count', withWeb({ count: 3 })],
  ['graceSeconds', withWeb({ graceSeconds: 90 })],
  ['permissions', withWeb({ permissions: [{ actions: ['sqs:SendMessage'], resources: ['*'] }] })],
  ['managedPolicies', withWeb({ managedPolicies: ['AmazonS3ReadOnlyAccess'] })],
  ['deploy.alarms', withWeb({ deploy: { ...(web.deploy as object), alarms: [] } })],
  ['exec', withWeb({ exec: false })],
  ['deploy.circuitBreaker', withWeb({ deploy: { rolling: { bakeMinutes: 0 }, alarms: [ALARM] } })],
  [
    'deploy',
    {
      services: {
        ...everythingOn().services,
        shop: {
          ...everythingOn().services['shop'],
          containers: { app: { image: 'public.ecr.aws/shop/app:2', port: 7000, path: '/shop' } },
          deploy: { canary: { percent: 20, stepMinutes: 0, bakeMinutes: 0 } },
        },
      },
    },
  ],
  ['image', withApi1({ image: 'public.ecr.aws/shop/api1:2' })],
  ['port', withApi1({ port: 5001 })],
  ['path', withApi1({ path: '/api1' })],
  ['stripPath', withApi1({ stripPath: false })],
  ['protocol', withApi2({ protocol: 'HTTP' })],
  [
    'protocol, from GRPC to HTTP2',
    withContainer('orders', { protocol: 'HTTP2', health: { matcher: '200' } }),
  ],
  ['protocol, from HTTP2 to HTTP', withContainer('events', { protocol: 'HTTP' })],
  ['stickiness', withApi1({ stickiness: undefined })],
  ['stickiness.seconds', withApi1({ stickiness: { seconds: 60, cookie: 'session' } })],
  ['stickiness.cookie', withApi1({ stickiness: 600 })],
  ['slowStartSeconds', withContainer('events', { slowStartSeconds: 90 })],
  ['balancing', withApi2({ balancing: 'weighted-random' })],
  ['registryCredentials', withApi2({ registryCredentials: undefined })],
  ['readOnlyRoot', withContainer('events', { readOnlyRoot: false })],
  ['entryPoint', withApi2({ entryPoint: ['httpd'] })],
  ['routes[].hosts', withRoute(0, { hosts: 'www.example.com' })],
  ['routes[].methods', withRoute(0, { methods: 'GET' })],
  ['routes[].priority', withRoute(1, { priority: 8 })],
  ['routes[].rewrite', withRoute(1, { rewrite: { url: { regex: '^/old', replace: '/newer' } } })],
  ['routes[].headers', withRoute(2, { headers: { 'X-Version': '3*' } })],
  ['routes[].queries', withRoute(2, { queries: { debug: '1' } })],
  ['routes[].sources', withRoute(2, { sources: '172.16.0.0/12' })],
  ['health.path', withHealth({ path: '/ready' })],
  ['health.intervalSeconds', withHealth({ intervalSeconds: 30 })],
  ['health.timeoutSeconds', withHealth({ timeoutSeconds: 7 })],
  ['health.healthyThreshold', withHealth({ healthyThreshold: 4 })],
  ['health.unhealthyThreshold', withHealth({ unhealthyThreshold: 5 })],
  ['health.matcher', withHealth({ matcher: '200' })],
  ['health.command', withHealth({ command: ['node', 'other.js'] })],
  ['health.startSeconds', withHealth({ startSeconds: 90 })],
  ['environment', withApi1({ environment: { MODE: 'slow' } })],
  ['environmentFile', withApi1({ environmentFile: undefined })],
  ['secrets', withApi1({ secrets: { DB: `ssm:${SECRETS.parameter}` } })],
  ['command', withApi1({ command: ['node', 'other.js'] })],
  ['user', withApi1({ user: 'nobody' })],
  ['stopSeconds', withApi1({ stopSeconds: 25 })],
  ['containers.cpu', withApi1({ cpu: 64 })],
  ['containers.memory', withApi1({ memory: 512 })],
  ['memoryReservation', withApi1({ memoryReservation: 64 })],
  ['ulimits', withApi1({ ulimits: { nofile: 2048 } })],
  ['dependsOn', withApi1({ dependsOn: { migrate: 'SUCCESS' } })],
  ['writable', withApi1({ writable: ['/var/cache', '/data'] })],
];

// Requests and gRPC calls to a stack with everything on, over TLS: none fails while each of its fields is changed and changed back.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { ENVIRONMENT_FILE, everythingOn, LOG_BUCKET, SECRETS } from '../everything/stack.ts';
import { createSurroundings, withoutLogFiles } from '../everything/surroundings.ts';
import { randomSeed } from '../sample.ts';
import { startCalls } from './grpc-calls.ts';
import { account } from './harness.ts';
import { startLoad } from './load.ts';

type ServiceInput = StackInput['services'][string];
type ContainerInput = ServiceInput['containers'][string];

const app: ContainerInput = {
  source: 'app',
  port: 8000,
  path: ['/app', '/v1'],
  stripPath: true,
  routes: [
    { paths: '/old/a', hosts: 'api.example.com', rewrite: { url: { regex: '^/old', replace: '' } } },
    { headers: { 'X-Version': '2*' }, queries: { debug: '1' }, sources: '10.0.0.0/8' },
  ],
  health: { path: '/health', intervalSeconds: 5, timeoutSeconds: 2, command: ['node', '-e', '0'] },
  environmentFile: ENVIRONMENT_FILE.name,
  environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTP' },
  secrets: { DB: `ssm:${SECRETS.parameter}`, KEY: `secretsmanager:${SECRETS.json}#api` },
  ...{ cpu: 128, memory: 256, ulimits: { nofile: 4096 } },
  dependsOn: { migrate: 'SUCCESS' },
  writable: ['/data'],
  ...{ stickiness: { seconds: 600, cookie: 'session' }, slowStartSeconds: 60 },
};
const orders: ContainerInput = {
  source: 'app',
  ...{ port: 9000, path: '/shop.Orders', protocol: 'GRPC' },
  health: { path: '/grpc.health.v1.Health/Check', matcher: '0', intervalSeconds: 5, timeoutSeconds: 2 },
  environment: { NAME: 'orders', PORT: '9000', PROTOCOL: 'GRPC' },
};
const migrate: ContainerInput = { source: 'app', command: ['node', '-e', '0'], essential: false };

/** The stack with everything on, whose only service really runs. */
const running = (
  changes: Partial<StackInput> = {},
  service: Partial<ServiceInput> = {},
  container: Partial<ContainerInput> = {},
  call: Partial<ContainerInput> = {},
): StackInput =>
  everythingOn({
    protect: false,
    clients: ['203.0.113.0/24', '2001:db8::/32'],
    deregistrationDelaySeconds: 600,
    services: {
      web: {
        permissions: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::uploads/*'] }],
        managedPolicies: ['AmazonSQSReadOnlyAccess'],
        ...service,
        containers: { app: { ...app, ...container }, orders: { ...orders, ...call }, migrate },
      },
    },
    ...changes,
  });

const changes: [field: string, after: StackInput][] = [
  ['permissions', running({}, { permissions: [] })],
  ['managedPolicies', running({}, { managedPolicies: [] })],
  ['permissionsBoundary', running({ permissionsBoundary: undefined })],
  ['cpu and memory', running({}, { cpu: 512, memory: 1024 })],
  ['count', running({}, { count: 2 })],
  ['clients', running({ clients: ['203.0.113.0/24', '198.51.100.0/24', '2001:db8::/32'] })],
  ['flowLogs', running({ flowLogs: false })],
  ['insights', running({ insights: false })],
  ['domain.names', running({ domain: { ...running().domain, name: 'api.example.com', names: [] } })],
  ['tags', running({ tags: { team: 'shop' } })],
  ['ipv6', running({ ipv6: false })],
  ['waf', running({ waf: undefined })],
  ['accessLogs', running({ accessLogs: false })],
  ['accessLogs.bucket', running({ accessLogs: { bucket: LOG_BUCKET } })],
  ['idleTimeoutSeconds', running({ idleTimeoutSeconds: 90 })],
  ['routes', running({ routes: undefined })],
  ['port', running({}, {}, { port: 8001, environment: { NAME: 'app', PORT: '8001', PROTOCOL: 'HTTP' } })],
  [
    'protocol',
    running({}, {}, { protocol: 'HTTPS', environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTPS' } }),
  ],
  ['path', running({}, {}, { path: '/app' })],
  ['stripPath', running({}, {}, { stripPath: false })],
  ['containers.routes', running({}, {}, { routes: undefined })],
  ['health', running({}, {}, { health: { path: '/ready', intervalSeconds: 6, timeoutSeconds: 3 } })],
  ['environment', running({}, {}, { environment: { ...app.environment, MODE: 'slow' } })],
  ['environmentFile', running({}, {}, { environmentFile: undefined })],
  ['stickiness', running({}, {}, { stickiness: undefined })],
  ['stickiness.cookie', running({}, {}, { stickiness: 600 })],
  ['slowStartSeconds', running({}, {}, { slowStartSeconds: 0 })],
  ['balancing', running({}, {}, { slowStartSeconds: 0, balancing: 'least-outstanding-requests' })],
  [
    'port of gRPC',
    running({}, {}, {}, { port: 9001, environment: { NAME: 'orders', PORT: '9001', PROTOCOL: 'GRPC' } }),
  ],
  ['balancing of gRPC', running({}, {}, {}, { balancing: 'weighted-random' })],
  ['secrets', running({}, {}, { secrets: {} })],
  ['limits', running({}, {}, { cpu: 64, memory: 512, ulimits: { nofile: 2048 } })],
  ['dependsOn', running({}, {}, { dependsOn: { migrate: 'START' } })],
  ['writable', running({}, {}, { writable: ['/data', '/more'] })],
];
const sample = process.env['SWEEP'] ? changes : [changes[randomSeed() % changes.length]];

test('no request fails while a field is changed, and changed back', async () => {
  const user = await account({ realTasks: true, lifetime: 'file' });
  await createSurroundings(user.sandbox.url);
  const outside = user.census();
  await user.provision(running(), { wait: true });
  for (const [field, after] of sample.filter((one) => one !== undefined)) {
    const stopLoad = await startLoad(user, ['/app', '/app/below?a=1'], 'api.example.com');
    const stopCalls = await startCalls(user, 'api.example.com');
    let counts: Readonly<Record<string, number>> = {};
    let answers: readonly string[] = [];
    try {
      expect([field, (await user.provision(after, { wait: true })).done]).not.toEqual([field, []]);
      expect([field, await user.plan(after)]).toEqual([field, []]);
      await user.provision(running(), { wait: true });
    } finally {
      [counts, answers] = await Promise.all([stopLoad(), stopCalls()]);
    }
    expect([field, Object.keys(counts), answers]).toEqual([field, ['app'], ['orders 0']]);
  }
  await user.teardown(running());
  expect(withoutLogFiles(user.census())).toEqual(outside);
}, 1_800_000);

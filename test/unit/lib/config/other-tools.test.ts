// Configurations as users of other tools write them: every wish gets an answer, and no answer is only "Remove it".
import { expect, test } from '@jest/globals';
import { mistakesOf, validStackWith } from './support.ts';

const service = 'services.shop';
const api = 'services.shop.containers.api';

/** The path of each mistake, with the beginning of its fix. An empty object means that Slipway already grants the wish. */
type Answers = Readonly<Record<string, string>>;

const notYet = 'Not supported yet. ';

test.each<[wish: string, values: Readonly<Record<string, unknown>>, answers: Answers]>([
  [
    'several paths',
    { [`${api}.paths`]: ['/a', '/b'] },
    { [`${api}.paths`]: 'Use path: the path that is routed to it' },
  ],
  [
    'a wildcard in a path',
    { [`${api}.path`]: '/shop/*' },
    { [`${api}.path`]: "Use '/shop', without a wildcard or parameter" },
  ],
  [
    'a host',
    { [`${api}.host`]: 'a.example.org' },
    { [`${api}.host`]: 'Use routes: routes by host, method, header' },
  ],
  [
    'methods, headers and a priority',
    { [`${api}.methods`]: ['PUT'], [`${api}.headers`]: { 'x-blue': '1' }, [`${api}.priority`]: 7 },
    {
      [`${api}.methods`]: 'Use routes: routes by host, method, header',
      [`${api}.headers`]: 'Use routes: routes by host, method, header',
      [`${api}.priority`]: 'Remove it: a longer path takes precedence',
    },
  ],
  [
    'a rewritten path',
    { [`${api}.stripPrefix`]: true, [`${api}.rewrite`]: '/' },
    {
      [`${api}.stripPrefix`]: 'Use stripPath: whether the program gets requests without this path',
      [`${api}.rewrite`]: 'Use routes: routes by host, method, header',
    },
  ],
  [
    'an existing VPC',
    { 'network.vpcId': 'vpc-1', 'network.subnets': ['subnet-2'] },
    {
      'network.vpcId': `${notYet}Every stack has its own VPC.`,
      'network.subnets': `${notYet}Every stack has its own VPC.`,
    },
  ],
  [
    'several load balancers',
    { loadBalancers: ['arn'] },
    { loadBalancers: `${notYet}Every stack with a path has its own load balancer` },
  ],
  [
    'HTTPS for clients',
    { certificate: 'arn', https: true },
    {
      certificate: 'Use domain.certificate: an existing certificate',
      https: 'Use domain.https: whether clients use HTTPS',
    },
  ],
  [
    'a start order of containers',
    { [`${api}.links`]: ['proxy'], [`${service}.initContainers`]: [] },
    {
      [`${api}.links`]: 'Use dependsOn: containers of its service that it waits for',
      [`${service}.initContainers`]: 'Add a container with essential: false that does the work',
    },
  ],
  [
    'a higher limit of open files',
    { [`${api}.nofile`]: 65_536 },
    { [`${api}.nofile`]: 'Use ulimits: the limits of its processes' },
  ],
  [
    'another folder',
    { [`${api}.workingDirectory`]: '/srv' },
    { [`${api}.workingDirectory`]: `${notYet}Set WORKDIR in the Dockerfile` },
  ],
  [
    'variables from a file',
    { [`${api}.envFile`]: '.env', [`${api}.environmentFiles`]: ['s3://x'] },
    { [`${api}.envFile`]: 'Use environmentFile', [`${api}.environmentFiles`]: 'Use environmentFile' },
  ],
  [
    'secrets',
    { [`${api}.secrets`]: { TOKEN: 'arn' }, [`${api}.parameterStore`]: { TOKEN: '/shop/token' } },
    {
      [`${api}.secrets.TOKEN`]: 'Use ssm: and the name of a parameter',
      [`${api}.parameterStore`]: 'Use secrets',
    },
  ],
  [
    'a larger disk',
    { [`${service}.ephemeralStorage`]: 99 },
    { [`${service}.ephemeralStorage`]: `${notYet}A task has the 20 GiB` },
  ],
  [
    'a volume',
    { [`${api}.mounts`]: { '/srv': 'disk' }, [`${service}.volumes`]: { disk: {} } },
    { [`${api}.mounts`]: `${notYet}Keep data that`, [`${service}.volumes`]: `${notYet}Keep data that` },
  ],
  [
    'another architecture',
    { [`${service}.cpuArchitecture`]: 'ARM64' },
    { [`${service}.cpuArchitecture`]: 'Use architecture: the processors that its tasks run on' },
  ],
  [
    'cheaper capacity',
    { [`${service}.capacityProviders`]: ['FARGATE_SPOT'] },
    { [`${service}.capacityProviders`]: `${notYet}Every task runs on Fargate, on demand` },
  ],
  [
    'a permissions boundary',
    { boundary: 'arn' },
    { boundary: 'Use permissionsBoundary: the ARN of the policy that limits' },
  ],
  [
    'permissions for the program',
    { [`${service}.taskRolePolicies`]: [{ Effect: 'Allow' }] },
    { [`${service}.taskRolePolicies`]: 'Use managedPolicies: the policies that its task role has' },
  ],
  [
    'the members of a statement of a policy',
    { [`${service}.permissions`]: [{ Action: 's3:*', Resource: '*', Effect: 'Allow', Condition: {} }] },
    {
      [`${service}.permissions[0].Action`]: 'Did you mean actions?',
      [`${service}.permissions[0].Resource`]: 'Did you mean resources?',
      [`${service}.permissions[0].Effect`]: 'Remove it. The known keys are: actions, resources.',
      [`${service}.permissions[0].Condition`]: 'Remove it. The known keys are: actions, resources.',
    },
  ],
  [
    'the reservation of a service',
    { [`${service}.memoryReservation`]: 128 },
    {
      [`${service}.memoryReservation`]:
        "Move it to services.shop.containers.<name>.memoryReservation: MiB of the task's memory",
    },
  ],
  [
    'a command that checks the health',
    { [`${api}.healthCheck`]: { command: ['CMD', 'true'] } },
    { [`${api}.healthCheck`]: 'Use health: how to find out whether it is healthy.' },
  ],
  [
    'a misspelt protocol',
    { [`${api}.protocol`]: undefined, [`${api}.protocol2`]: 'GRPC' },
    { [`${api}.protocol2`]: 'Did you mean protocol?' },
  ],
  [
    'gRPC',
    { [`${api}.protocol`]: 'GRPC', [`${api}.health`]: undefined },
    { [`${api}.protocol`]: 'Set domain.https to true' },
  ],
  [
    'two ports',
    { [`${api}.ports`]: [1, 2] },
    { [`${api}.ports`]: 'Use port: the port that it listens on. A container has one port' },
  ],
  [
    'a shell in a container',
    { [`${service}.enableExecuteCommand`]: true },
    { [`${service}.enableExecuteCommand`]: 'Use exec: whether npm run exec may start commands' },
  ],
  [
    'a range of counts',
    { [`${service}.scaling`]: { min: 2, max: 8 } },
    {
      [`${service}.scaling`]: `${notYet}Use count. If you give the service a range with Application Auto Scaling`,
    },
  ],
  [
    'another platform, without rollback',
    { [`${service}.platformVersion`]: '1.4.0', [`${service}.circuitBreaker`]: false },
    {
      [`${service}.platformVersion`]: `${notYet}Tasks run on the latest platform version.`,
      [`${service}.circuitBreaker`]:
        'Move it to services.shop.deploy.circuitBreaker: when ECS gives up on a deployment',
    },
  ],
  [
    'an internal load balancer',
    { internal: true, scheme: 'internal', allowedCidrs: ['10.0.0.0/8'] },
    {
      scheme: 'Use internal: whether the load balancer has only private addresses',
      allowedCidrs: 'Use clients: the only addresses that may connect',
    },
  ],
  [
    'several domain names',
    { 'domain.aliases': ['b.example.com'], 'domain.hostedZoneId': 'Z0' },
    {
      'domain.aliases': 'Use names: more names of the stack in the same zone',
      'domain.hostedZoneId': 'Use zoneId: the id of the hosted zone, instead of zone',
    },
  ],
  [
    'a wildcard as the domain',
    { 'domain.name': '*.example.com' },
    { 'domain.name': "Use one name, such as 'api.example.com': a wildcard belongs in domain.names." },
  ],
  [
    'a private zone',
    { 'domain.private': true },
    { 'domain.private': `${notYet}The name is in a public zone` },
  ],
  [
    'numbers as variables',
    { [`${api}.environment`]: { A: 2, B: false, C: undefined, D: null } },
    Object.fromEntries(
      ['A', 'B', 'C', 'D'].map((name) => [
        `${api}.environment.${name}`,
        'Use a string: the value of a variable',
      ]),
    ),
  ],
  [
    'no NAT gateway',
    { 'network.nat': 'none', 'network.zones': 1, 'network.assignPublicIp': true },
    {
      'network.nat': `${notYet}Tasks are in private subnets`,
      'network.zones':
        'Use a whole number from 2 to 6: the number of availability zones; a load balancer needs two.',
      'network.assignPublicIp': `${notYet}Tasks are in private subnets`,
    },
  ],
  [
    'the same port twice',
    { 'services.shop.containers.proxy.port': 5000 },
    { 'services.shop.containers.proxy.port': 'Use another port: api' },
  ],
  [
    'the same path twice',
    { 'services.shop.containers.proxy.path': '/api' },
    { 'services.shop.containers.proxy.path': 'Use another path' },
  ],
  [
    'long names',
    {
      name: 'quite-a-long-name-of-a-shop',
      'services.shop.containers.storefront-gateway': { image: 'nginx', port: 1, path: '/s' },
    },
    {
      [`${api}`]: 'Shorten the name of the stack, the stage, the service or the container by',
      'services.shop.containers.proxy':
        'Shorten the name of the stack, the stage, the service or the container by',
      'services.shop.containers.storefront-gateway':
        'Shorten the name of the stack, the stage, the service or the container by',
    },
  ],
  [
    'no essential container',
    { [`${api}.essential`]: false },
    { 'services.shop.containers': 'Remove essential: false from one of them' },
  ],
  [
    'another log driver',
    { [`${api}.logConfiguration`]: { logDriver: 'splunk' }, [`${api}.log`]: false },
    { [`${api}.logConfiguration`]: `${notYet}Standard output`, [`${api}.log`]: `${notYet}Standard output` },
  ],
  ['a misspelt region', { region: 'eu-west1' }, { region: 'Did you mean eu-west-1?' }],
  [
    'names of variables with dots, and names of variables that AWS also sets',
    { [`${api}.environment`]: { AWS_REGION: 'a', 'my.dotted-name': 'b', PATH: '/c' } },
    {},
  ],
])('%s', (_wish, values, answers) => {
  const mistakes = mistakesOf(validStackWith(values));
  expect(mistakes.map(({ path }) => path).sort()).toEqual(Object.keys(answers).sort());
  for (const { path, fix } of mistakes) expect(fix.slice(0, answers[path]?.length)).toBe(answers[path]);
});

/** For unit tests of steps: mocked AWS clients that throw on unexpected commands, and contexts for steps and removals. */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ACMClient } from '@aws-sdk/client-acm';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeEach } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { awsClients } from '../../lib/aws/clients.ts';
import type { Change, Verb } from '../../lib/model/change.ts';
import type { Clock } from '../../lib/model/clock.ts';
import type { Config, Deploy, Domain } from '../../lib/config/config.ts';
import type { Found, Survey } from '../../lib/look/found.ts';
import type { Build, Builds, Bundle } from '../../lib/image/builds.ts';
import { look } from '../../lib/engine/survey.ts';
import { singleFlight, type LookContext, type Desired } from '../../lib/look/context.ts';
import { namesOf } from '../../lib/derive/names.ts';
import { nouns, type Ids, type Noun } from '../../lib/model/architecture.ts';
import { idsOf, ONLY, type Items } from '../../lib/model/resources.ts';
import type { ApplyContext, NotReady, Planned, RemoveContext, Step } from '../../lib/engine/step.ts';
import type { FoundSharedBalancer } from '../../lib/look/shared-balancer.ts';
import { withSharedBalancer } from '../../provision/shared-balancer.ts';
import { withServiceNames } from '../../provision/services/succession.ts';
import { steps } from '../../provision/plan.ts';
import { tagsOf } from '../../lib/derive/tags.ts';
import { until } from '../../lib/engine/until.ts';
import { NOTHING_ELSE } from '../../teardown/remove.ts';
import { localWaits, NO_PROOF } from '../../lib/engine/waits.ts';
import { allRecentlyCreated } from './recently-created.ts';
import { testClock } from './clock.ts';

export { testClock };
export { awsError } from './errors.ts';
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** The mocked clients: `mocks.ec2.on(CreateVpcCommand).resolves({ … })`. */
export const mocks = {
  ec2: mockClient(EC2Client),
  elbv2: mockClient(ElasticLoadBalancingV2Client),
  ecs: mockClient(ECSClient),
  autoscaling: mockClient(ApplicationAutoScalingClient),
  ecr: mockClient(ECRClient),
  iam: mockClient(IAMClient),
  logs: mockClient(CloudWatchLogsClient),
  route53: mockClient(Route53Client),
  ssm: mockClient(SSMClient),
  secretsmanager: mockClient(SecretsManagerClient),
  cloudwatch: mockClient(CloudWatchClient),
  sts: mockClient(STSClient),
  acm: mockClient(ACMClient),
  s3: mockClient(S3Client),
  wafv2: mockClient(WAFV2Client),
  servicequotas: mockClient(ServiceQuotasClient),
};

/** The response about the default group of a VPC, unless a test mocks the call: every VPC has one, without rules. */
const EMPTY_DEFAULT_GROUP = {
  SecurityGroups: [{ GroupId: 'sg-default', GroupName: 'default' }],
  $metadata: {},
};
const isAboutDefaultGroup = ({ input }: { input: unknown }): boolean =>
  JSON.stringify(input).includes('{"Name":"group-name","Values":["default"]}');

beforeEach(() => {
  for (const mock of Object.values(mocks)) {
    mock.reset();
    mock.send.callsFake((command: { constructor: { name: string }; input: unknown }) => {
      if (isAboutDefaultGroup(command)) return Promise.resolve(EMPTY_DEFAULT_GROUP);
      throw new TypeError(`Unexpected command ${command.constructor.name} ${JSON.stringify(command.input)}`);
    });
  }
  // Surveys look for the bucket of the access logs, which most stacks do not have.
  mocks.s3.on(ListBucketsCommand).resolves({});
});

afterAll(() => Object.values(mocks).forEach((mock) => mock.restore()));

/** All calls that were sent: grouped by client, and in order within each client. */
export const sentCalls = (): { command: string; input: unknown }[] =>
  Object.values(mocks).flatMap((mock) =>
    mock.calls().map(({ args: [command] }) => ({
      command: command.constructor.name.replace(/Command$/, ''),
      input: command.input,
    })),
  );

/** All calls that were sent, except those that only read. */
export const mutations = () => sentCalls().filter(({ command }) => !/^(Describe|List|Get)/.test(command));
/** Lets EC2 and ECS send an empty response to every call that the test does not mock. */
export function mockOtherCallsAsEmpty(): void {
  mocks.ec2.resolves({});
  mocks.ecs.resolves({});
}

/** The default of a service's field `deploy`. */
export const ROLLING: Deploy = {
  strategy: 'rolling',
  bakeMinutes: undefined,
  alarms: [],
  circuitBreaker: { thresholdType: 'boundedPercent', threshold: 50, resetOnHealthyTask: true },
};

/** A domain without HTTPS, in a zone that the account has. */
export const domainOf = (fields: Pick<Domain, 'name' | 'zone'> & Partial<Domain>): Domain => ({
  ...{ createZone: false, names: [], https: false, certificate: undefined },
  ...fields,
});

/** A configuration with one service of two routed containers; tests change the part that they are about. */
export const config = (changes: Partial<Config> = {}): Config => ({
  name: 'shop',
  stage: 'dev',
  target: 'aws',
  region: 'eu-west-1',
  project: undefined,
  domain: domainOf({ name: 'api.example.com', zone: 'example.com' }),
  network: { cidr: '10.0.0.0/16', zones: 2 },
  logRetentionDays: 14,
  idleTimeoutSeconds: 60,
  deregistrationDelaySeconds: 10,
  protect: false,
  internal: false,
  clients: undefined,
  ipv6: false,
  waf: undefined,
  insights: undefined,
  accessLogs: undefined,
  flowLogs: false,
  builder: 'auto',
  tags: {},
  permissionsBoundary: undefined,
  services: [
    {
      name: 'web',
      cpu: 256,
      memory: 512,
      count: 1,
      graceSeconds: 60,
      deploy: ROLLING,
      permissions: [],
      managedPolicies: [],
      taskRole: undefined,
      executionRole: undefined,
      containers: [container('api1', 5000), container('api2', 6000)],
    },
  ],
  ...changes,
});

/** The health check of each container. */
export const HEALTH = {
  path: '/health',
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  matcher: '200',
};

const container = (name: string, port: number) => ({
  name,
  key: `web-${name}`,
  image: { source: `/src/${name}` },
  port,
  path: `/${name}`,
  protocol: 'HTTP' as const,
  health: HEALTH,
  environment: {},
  environmentFile: undefined,
  secrets: {},
  registryCredentials: undefined,
  command: undefined,
  essential: true,
  readOnlyRoot: true,
  user: '1000:1000',
  stopSeconds: 30,
});

export const ACCOUNT = '111122223333';

/** The tags of one of our resources, as AWS returns them. */
export const ourTags = (noun: Noun, key: string = ONLY, stack: Config = config()) =>
  tagsOf(stack, namesOf(stack).stack, noun, key);

/** A survey that found only these resources. */
export const surveyOf = (
  found: Partial<{ [N in Noun]: Record<string, Found[N]> }> = {},
  more: Partial<Pick<Survey, 'secrets' | 'shared'>> = {},
): Survey =>
  ({
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    ...more,
    ...Object.fromEntries(nouns.map((name) => [name, new Map(Object.entries(found[name] ?? {}))])),
  }) as unknown as Survey;

export const desiredOf = (stack: Config = config()) => ({
  config: stack,
  names: namesOf(stack),
  account: ACCOUNT,
});

const digest = (key: string) => `sha256:${key.padEnd(64, '0')}`;
/** The bundle that is built from a container's source. */
export const bundleOf = (key: string): Bundle => ({
  kind: 'bundle',
  tag: `tag-${key}`,
  digest: digest(key),
  manifest: `{"of":"${key}"}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  program: [],
  blobs: [
    { digest: digest(`${key}-config`), bytes: new TextEncoder().encode('{}') },
    { digest: digest(`${key}-layer`), bytes: new TextEncoder().encode('layer') },
  ],
});
/** Builds whose programs are not known before their images. */
export const buildsOf = (of: (key: string) => Promise<Build>): Builds => ({
  isEmulator: false,
  of,
  programOf: async (key) => {
    const build = await of(key);
    return build.kind === 'bundle' ? build.program : undefined;
  },
});
/** The context of a look: mocked clients, and builds whose digests are derived from the key. */
export function lookContextOf(stack: Config = config(), clock: Clock = testClock()): LookContext & Desired {
  const signal = new AbortController().signal;
  return {
    ...desiredOf(stack),
    aws: awsClients(
      { region: stack.region, endpoint: 'http://mock' },
      { clock, signal, recentlyCreated: allRecentlyCreated },
    ),
    builds: buildsOf(async (key) => bundleOf(key)),
    shared: singleFlight(),
  };
}

export interface StepScenario<N extends Noun> {
  readonly config?: Config;
  readonly found?: Partial<{ [M in Noun]: Record<string, Found[M]> }>;
  /** Ids of the resources that the step needs. */
  readonly ids?: Partial<{ [M in Noun]: Record<string, Ids[M]> }>;
  /** Whether an earlier run has recorded the intent. */
  readonly isResumed?: boolean;
  readonly waitUntilReady?: boolean;
  /** The load balancer of someone else that the stack adds its rules to. */
  readonly shared?: FoundSharedBalancer | undefined;
  readonly key?: string;
  readonly noun: N;
}

/**
 * Diffs a step in a scenario and applies its changes in sequence, as provision does.
 * @returns the changes (also in short form: verb, key and fields), the ids of each key, and the notes
 */
export async function provisionStep<N extends Noun>(step: Step<N>, scenario: StepScenario<N>) {
  const stack = scenario.config ?? config();
  const clock = testClock();
  const surveyed = withSharedBalancer(stack, surveyOf(scenario.found, { shared: scenario.shared }));
  const assigned = step.assign?.(desiredOf(stack), surveyed, plannedFor(stack, surveyed));
  const found = assigned ? { ...surveyed, [scenario.noun]: assigned } : surveyed;
  const changes = diffOf(step, found, stack);
  const [ids, notes]: [Record<string, Ids[N]>, string[]] = [{}, []];
  const contexts = changes
    .filter(({ verb }) => verb !== 'refused' && verb !== 'remove')
    .map((change) => applyContextOf(scenario, stack, clock, found, change, notes, ids));
  for (const context of contexts) await step.prepare?.(context);
  for (const context of contexts) {
    const applied = await carryOut(step, context);
    ids[context.change.key] = applied;
    (context.ids[scenario.noun] as Map<string, Ids[N]>).set(context.change.key, applied);
  }
  for (const context of contexts) await step.switchTraffic?.(context);
  for (const context of contexts) await step.cleanUp?.(context);
  return { changes, shortChanges: changes.map(shortForm), ids, notes };
}

/** The changes of other nouns, diffed on demand. */
export function plannedFor(stack: Config, found: Survey): Planned<Noun> {
  const planned: Planned<Noun> = {
    changesOf: (noun) => steps[noun].diff(desiredOf(stack), found, planned),
    isReplaced: (noun) => planned.changesOf(noun).some(({ verb }) => verb === 'replace'),
  };
  return planned;
}

/** The diff of a step against a survey. */
export const diffOf = <N extends Noun>(step: Step<N>, found: Survey, stack: Config = config()): Change[] =>
  step.diff(desiredOf(stack), found, plannedFor(stack, found));

/** Carries out one change as the engine does, and returns the ids. */
async function carryOut<N extends Noun>(step: Step<N>, context: ApplyContext<N>): Promise<Ids[N]> {
  const { change, existing } = context;
  const isUpdate = existing !== undefined && change.verb === 'update';
  if (isUpdate) await step.configure?.(context, existing);
  const applied = isUpdate
    ? ((await step.update?.(context, existing)) ?? existing)
    : await step.create(context);
  const resource = (isNotReady(applied) ? applied.ids : applied) as Ids[N] & Partial<Found[N]>;
  const ids = idsOf(change.noun as N, resource);
  (context.ids[change.noun as N] as Map<string, Ids[N]>).set(change.key, ids);
  if (!isUpdate) await step.configure?.(context, resource);
  if (isNotReady(applied)) await applied.wait(() => undefined);
  return ids;
}

const isNotReady = (applied: object): applied is NotReady<Noun> => 'wait' in applied;

const shortForm = ({ verb, key, fields }: Change): [Verb, string, ...string[]] => [
  verb,
  key,
  ...(verb === 'create' ? [] : fields.map(({ field }) => field)),
];

function applyContextOf<N extends Noun>(
  scenario: StepScenario<N>,
  stack: Config,
  clock: Clock,
  found: Survey,
  change: Change,
  notes: string[],
  siblings: Record<string, Ids[N]>,
): ApplyContext<N> {
  const lookContext = () => lookContextOf(stack, clock);
  const signal = new AbortController().signal;
  const intent = { token: 'token-1', generation: 1, at: clock.now() };
  const items = found[scenario.noun] as Items<Found[N]>;
  const ids = Object.fromEntries(
    nouns.map((name) => [name, new Map(Object.entries(scenario.ids?.[name] ?? {}))]),
  ) as unknown as ApplyContext<N>['ids'];
  return {
    ...lookContext(),
    names: withServiceNames(namesOf(stack), found),
    clock,
    signal,
    waitUntilReady: scenario.waitUntilReady ?? true,
    change,
    existing: items.get(change.key),
    found,
    ids,
    tags: tagsOf(stack, namesOf(stack).stack, scenario.noun, change.key),
    intent,
    duplicateGuard: {
      clock,
      signal,
      intent,
      isResumed: scenario.isResumed ?? false,
      lookInterval: 1000,
      withdraw: async () => undefined,
    },
    lookAgain: async () => (await look(scenario.noun, lookContext())).get(change.key),
    changeOf: (existing) =>
      (steps[scenario.noun] as Step<N>)
        .diff(
          desiredOf(stack),
          { ...found, [scenario.noun]: new Map([[change.key, existing]]) },
          plannedFor(stack, found),
        )
        .find(({ key }) => key === change.key),
    siblingIds: async (key) => siblings[key] ?? (items.get(key) as Ids[N]),
    renewIntent: async () => ({ ...intent, token: 'token-2', generation: 2 }),
    until: (what, wait, probe) => until(what, localWaits[wait], probe, { clock, signal }),
    proofTimes: NO_PROOF,
    note: (text) => void notes.push(text),
    reportServing: () => undefined,
    awsCommand: (command) => `${command} --region ${stack.region}`,
  };
}

/** The context of a removal. */
export function removeContextOf<N extends Noun>(scenario: StepScenario<N>, item: Found[N]): RemoveContext<N> {
  const stack = scenario.config ?? config();
  const clock = testClock();
  const signal = new AbortController().signal;
  return {
    ...lookContextOf(stack, clock),
    clock,
    signal,
    key: scenario.key ?? ONLY,
    existing: item,
    found: surveyOf(scenario.found),
    newLookContext: () => lookContextOf(stack, clock),
    alsoRemoved: NOTHING_ELSE,
    until: (what, wait, probe) => until(what, localWaits[wait], probe, { clock, signal }),
    note: () => undefined,
    awsCommand: (command) => `${command} --region eu-west-1`,
  };
}

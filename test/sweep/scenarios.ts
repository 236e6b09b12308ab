/** For sweeps: the runs in which each call fails in turn, with their initial and final states. */
import type { StackInput } from '../../lib/config/schema.ts';
import { isProblem } from '../../lib/model/problem.ts';
import { simulatedDataPlane, type DataPlane } from '../../sandbox/data-plane/data-plane.ts';
import type { Account } from '../converge/harness.ts';
import { planeWithOneOffTasks } from '../converge/one-off-plane.ts';
import { createShared, ownedByOthers, sharedIn, stackOn } from '../converge/others-balancer.ts';
import { stack, web } from '../converge/stacks.ts';
import { everythingOn } from '../everything/stack.ts';
import { createSurroundings } from '../everything/surroundings.ts';
import { retaggableResources, tagForOtherStack } from '../converge/foreign-resources.ts';

/** One run in which each call fails in turn. */
export interface Scenario {
  /** The data plane of the account; by default all tasks start. */
  readonly plane?: DataPlane;
  /** Creates what exists before any stack, and stays when the stack is gone. */
  readonly surroundings?: (user: Account) => Promise<unknown>;
  /** The stack that exists before the run. */
  readonly before?: StackInput;
  /** Changes that another user makes before the run. */
  readonly prepare?: (user: Account) => Promise<void>;
  readonly run: (user: Account) => Promise<unknown>;
  /** The stack after the run, which may name ids of its account; undefined for a teardown. */
  readonly desired?: StackInput | ((user: Account) => StackInput);
  /** Returns what belongs to others: no run may change it, whether it fails or not. */
  readonly ofOthers?: (user: Account) => unknown;
}

/** Returns the stack after the run; undefined for a teardown. */
export const desiredIn = (user: Account, { desired }: Scenario): StackInput | undefined =>
  typeof desired === 'function' ? desired(user) : desired;

const stackWithNewPort = stack({ services: web({ api1: { port: 5001 } }) });
const stackWithNewProtocol = stack({
  services: web({ api1: { protocol: 'HTTPS', image: 'public.ecr.aws/shop/api1:2' } }),
});
/** A stack with HTTPS, which gRPC needs, whose only program has this protocol. */
const stackWithProtocol = (protocol: 'HTTP' | 'GRPC', changes: Partial<StackInput> = {}): StackInput => ({
  ...stack(changes),
  domain: { name: 'api.example.com', zone: 'example.com', createZone: true, https: true },
  services: {
    web: {
      containers: {
        app: {
          ...{ image: 'public.ecr.aws/shop/app:1', port: 8000, path: '/shop.Orders', protocol },
          ...(protocol === 'GRPC' && {
            health: { path: '/grpc.health.v1.Health/Check', matcher: '0' },
          }),
        },
      },
    },
  },
});
const withIpv6AndGrpc = stackWithProtocol('GRPC', { ipv6: true });
const stackWithNewImage = stack({ services: web({ api1: { image: 'public.ecr.aws/shop/api1:2' } }) });

type Deploy = StackInput['services'][string]['deploy'];
/** A stack whose web service has a strategy and a version of its first image. */
const stackWith = (deploy: Deploy, tag: string): StackInput =>
  stack({ services: web({ api1: { image: `public.ecr.aws/shop/api1:${tag}` } }, { deploy, count: 2 }) });
// Without pauses, which no call can fail in.
const CANARY: Deploy = { canary: { percent: 10, stepMinutes: 0, bakeMinutes: 0 } };
const BLUE_GREEN: Deploy = { blueGreen: { bakeMinutes: 0 } };

/** A stack whose services have these permissions, and whose roles have a policy of AWS as their boundary. */
const stackWithPermissions = (
  bucket: string,
  policy: string,
  boundary: string,
  jobs: string[],
): StackInput => ({
  ...stack(),
  permissionsBoundary: `arn:aws:iam::aws:policy/${boundary}`,
  services: {
    ...web(
      {},
      {
        permissions: [{ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${bucket}/*`] }],
        managedPolicies: [policy],
      },
    ),
    jobs: { managedPolicies: jobs, containers: { job: { image: 'public.ecr.aws/shop/job:1' } } },
  },
});
const stackWithNewPermissions = stackWithPermissions('new', 'AmazonSQSFullAccess', 'ReadOnlyAccess', [
  'AmazonS3ReadOnlyAccess',
]);

/** The digest of an image that is not built. A rollback needs digests. */
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** A stack whose only container has an image by digest. */
export const release = (version: string): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  services: {
    web: {
      containers: { app: { image: `public.ecr.aws/shop/app@${DIGEST}`, environment: { VERSION: version } } },
    },
  },
});

export async function provisionTwice(user: Account): Promise<void> {
  for (const version of ['1', '2']) await user.provision(release(version), { wait: true });
}

/** Rolls back to the first revision. A repeated rollback finds nothing earlier. */
export async function rollBack(user: Account): Promise<void> {
  try {
    await user.rollback(release('2'), { wait: true });
  } catch (error) {
    if (!isProblem(error, 'ROLLBACK_REFUSED')) throw error;
  }
}

/** A data plane that cannot pull any image with the tag `broken`. */
const planeWithBrokenImage: DataPlane = {
  ...simulatedDataPlane,
  startTask(region, taskArn, onOutcome) {
    const broken = region.ecs.tasks
      .get(taskArn)
      ?.containers.find(({ image = '' }) => image.endsWith(':broken'));
    const reason = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${broken?.image}: ${broken?.image}: not found`;
    onOutcome(broken && { stopCode: 'TaskFailedToStart', reason, container: broken.name ?? '' });
  },
};
/** A stack without paths, since no request is answered without programs. */
const stackOfWorker = (tag: string): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  services: { web: { containers: { app: { image: `public.ecr.aws/shop/app:${tag}` } } } },
});

/** A stack without paths, whose program has a release command. */
const stackWithRelease = (tag: string): StackInput => ({
  ...stackOfWorker(tag),
  services: {
    web: { containers: { app: { image: `public.ecr.aws/shop/app:${tag}`, release: ['migrate'] } } },
  },
});

/** A stack with a single container, and a load balancer only if the container has a path. */
const serverOf = (path: string | undefined): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  services: {
    web: { containers: { app: { image: 'public.ecr.aws/shop/app:1', port: 8000, ...(path && { path }) } } },
  },
});

/** Deploys an image that cannot be pulled, which restores the previous version, and then another image. */
async function deployBrokenImage(user: Account): Promise<void> {
  try {
    await user.provision(stackOfWorker('broken'), { wait: true });
  } catch (error) {
    if (!isProblem(error, 'DEPLOYMENT')) throw error;
  }
  await user.provision(stackOfWorker('2'), { wait: true });
}

/** The stack with every capability switched on. With protect, it could not be torn down. */
const everything = everythingOn({ protect: false });
const createEverythingOutside = ({ sandbox }: Account): Promise<string> => createSurroundings(sandbox.url);

/** The stack on the load balancer that someone else has in the account. */
const stackBesideOthers = (user: Account): StackInput => stackOn(sharedIn(user));

const addressesToAdopt = retaggableResources.map(([address]) => address);

export const scenarios = {
  'a first provision': { run: (user) => user.provision(stack()), desired: stack() },
  'a replaced target group': {
    before: stack(),
    run: (user) => user.provision(stackWithNewPort),
    desired: stackWithNewPort,
  },
  'a replaced service': {
    before: stack(),
    run: (user) => user.provision(stackWithNewProtocol),
    desired: stackWithNewProtocol,
  },
  'a change of permissions': {
    before: stackWithPermissions('old', 'AmazonS3FullAccess', 'PowerUserAccess', []),
    run: (user) => user.provision(stackWithNewPermissions),
    desired: stackWithNewPermissions,
  },
  'a start of access logs': {
    before: stack(),
    run: (user) => user.provision(stack({ accessLogs: true })),
    desired: stack({ accessLogs: true }),
  },
  'an end of access logs': {
    before: stack({ accessLogs: true }),
    run: (user) => user.provision(stack()),
    desired: stack(),
  },
  'a start of IPv6': {
    before: stack(),
    run: (user) => user.provision(stack({ ipv6: true })),
    desired: stack({ ipv6: true }),
  },
  'an end of IPv6': {
    before: stack({ ipv6: true }),
    run: (user) => user.provision(stack()),
    desired: stack(),
  },
  'a switch to gRPC': {
    before: stackWithProtocol('HTTP'),
    run: (user) => user.provision(stackWithProtocol('GRPC')),
    desired: stackWithProtocol('GRPC'),
  },
  'a switch from gRPC': {
    before: stackWithProtocol('GRPC'),
    run: (user) => user.provision(stackWithProtocol('HTTP')),
    desired: stackWithProtocol('HTTP'),
  },
  'a first provision with IPv6 and gRPC': {
    run: (user) => user.provision(withIpv6AndGrpc),
    desired: withIpv6AndGrpc,
  },
  'a teardown with IPv6 and gRPC': {
    before: withIpv6AndGrpc,
    run: (user) => user.teardown(withIpv6AndGrpc),
  },
  'a rolling deploy': {
    before: stack(),
    run: (user) => user.provision(stackWithNewImage),
    desired: stackWithNewImage,
  },
  'a canary deploy': {
    before: stackWith(CANARY, '1'),
    run: (user) => user.provision(stackWith(CANARY, '2')),
    desired: stackWith(CANARY, '2'),
  },
  'a switch to blue/green': {
    before: stackWith('rolling', '1'),
    run: (user) => user.provision(stackWith(BLUE_GREEN, '2')),
    desired: stackWith(BLUE_GREEN, '2'),
  },
  'a rollback': {
    prepare: provisionTwice,
    run: rollBack,
    desired: release('1'),
  },
  'a hopeless deployment': {
    plane: planeWithBrokenImage,
    prepare: async (user) => void (await user.provision(stackOfWorker('1'), { wait: true })),
    run: deployBrokenImage,
    desired: stackOfWorker('2'),
  },
  'a deployment with a release': {
    plane: planeWithOneOffTasks(),
    before: stackWithRelease('1'),
    run: (user) => user.provision(stackWithRelease('2')),
    desired: stackWithRelease('2'),
  },
  'a removal of the last route': {
    before: serverOf('/app'),
    run: (user) => user.provision(serverOf(undefined)),
    desired: serverOf(undefined),
  },
  'an addition of the first route': {
    before: serverOf(undefined),
    run: (user) => user.provision(serverOf('/app')),
    desired: serverOf('/app'),
  },
  'an adoption': {
    before: stack(),
    prepare: async (user) => {
      for (const [address, addTag] of retaggableResources) await tagForOtherStack(user, address, addTag);
    },
    run: (user) => user.provision(stack(), { adopt: addressesToAdopt }),
    desired: stack(),
  },
  'a stack with everything on': {
    surroundings: createEverythingOutside,
    run: (user) => user.provision(everything),
    desired: everything,
  },
  'a teardown of everything': {
    surroundings: createEverythingOutside,
    before: everything,
    run: (user) => user.teardown(everything),
  },
  'a provision beside rules of others': {
    surroundings: createShared,
    run: (user) => user.provision(stackBesideOthers(user)),
    desired: stackBesideOthers,
    ofOthers: ownedByOthers,
  },
  'a teardown beside rules of others': {
    surroundings: createShared,
    prepare: async (user) => void (await user.provision(stackBesideOthers(user))),
    run: (user) => user.teardown(stackBesideOthers(user)),
    ofOthers: ownedByOthers,
  },
  'a teardown': { before: stack(), run: (user) => user.teardown(stack()) },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

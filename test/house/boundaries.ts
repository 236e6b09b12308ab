/** The boundaries between folders as data: which files each folder may import, and why. */
import { SERVICES } from './files.ts';
import type { Import } from './source.ts';

/** The imports that the files of one folder may have. */
export interface Boundary {
  /** The path of the folder. */
  readonly folder: string;
  /** Prefixes of the paths that its files may import in addition to the folder itself. */
  readonly mayImport: readonly string[];
  readonly reason: string;
}

/** The folders of lib, in the order of their dependencies. Except where noted, a folder imports only folders listed before it. */
export const LIB_BOUNDARIES: readonly Boundary[] = [
  {
    folder: 'lib/model/',
    mayImport: [],
    reason: 'everything else uses its vocabulary, so it depends on nothing',
  },
  {
    folder: 'lib/config/',
    // Exceptions: the start of a program, the rules for names and regions, the size of a task definition, the health check inside a
    // container, the permissions of programs, the rules of the load balancer that routes become, the codes of system errors, and the
    // plugin that keeps source locations.
    mayImport: [
      'lib/model/',
      'lib/program/decide-start.ts',
      'lib/program/start.ts',
      'lib/derive/container-health.ts',
      'lib/derive/conditions.ts',
      'lib/derive/desired-rules.ts',
      'lib/derive/names.ts',
      'lib/derive/rule-coverage.ts',
      'lib/derive/rule-priorities.ts',
      'lib/derive/partitions.ts',
      'lib/derive/task-definition.ts',
      'lib/derive/task-permissions.ts',
      'lib/aws/errors.ts',
      'build/source-locations.js',
    ],
    reason: 'a configuration is read and checked without AWS',
  },
  {
    folder: 'lib/derive/',
    mayImport: ['lib/model/', 'lib/config/'],
    reason: 'names, tags, layout and policies are pure functions of the configuration',
  },
  {
    folder: 'lib/aws/',
    // Exception: a batch of calls may contain deletes.
    mayImport: ['lib/model/', 'lib/derive/', 'lib/engine/delete.ts'],
    reason: 'clients, retries and errors are used by every noun, so they depend on no noun',
  },
  {
    folder: 'lib/state/',
    mayImport: ['lib/model/', 'lib/derive/', 'lib/aws/'],
    reason: 'the state file records ids no matter how they were found or created',
  },
  {
    folder: 'lib/program/',
    // Exception: the rules of `.dockerignore`.
    mayImport: ['lib/model/', 'lib/config/', 'lib/image/dockerignore.ts'],
    reason: 'the start and the files of a program follow from its folder, for every way of building an image',
  },
  {
    folder: 'lib/image/',
    // Exception: uploads start concurrently.
    mayImport: ['lib/model/', 'lib/config/', 'lib/program/', 'lib/aws/', 'lib/engine/concurrent.ts'],
    reason: 'images are built and pushed the same way for every stack',
  },
  {
    folder: 'lib/look/',
    // Exceptions: two looks also define the probe of a deletion, and the builds of images fail independently.
    mayImport: [
      'lib/model/',
      'lib/config/',
      'lib/derive/',
      'lib/aws/',
      'lib/state/',
      'lib/image/',
      'lib/engine/until.ts',
      'lib/engine/concurrent.ts',
    ],
    reason: 'looking up resources needs no code that creates or deletes them',
  },
  {
    folder: 'lib/diagnosis/',
    mayImport: ['lib/model/', 'lib/config/', 'lib/derive/', 'lib/aws/', 'lib/look/'],
    reason:
      'the cause of a failure follows from facts, no matter which command asks for it, or where it waits',
  },
  {
    folder: 'lib/engine/',
    mayImport: [
      'lib/model/',
      'lib/config/',
      'lib/derive/',
      'lib/aws/',
      'lib/state/',
      'lib/image/',
      'lib/look/',
      'lib/diagnosis/',
    ],
    reason: 'steps and removals run the same way in both commands, and without a terminal',
  },
  {
    folder: 'lib/one-off/',
    mayImport: [
      'lib/model/',
      'lib/config/',
      'lib/derive/',
      'lib/aws/',
      'lib/look/',
      'lib/diagnosis/',
      'lib/engine/',
    ],
    reason: 'a task for one command runs in the same way for a user and for a deployment',
  },
  {
    folder: 'lib/cost/',
    mayImport: ['lib/config/', 'lib/derive/', 'lib/look/'],
    reason: 'the cost of a stack follows from its configuration, or from what exists',
  },
  {
    folder: 'lib/preflight/',
    mayImport: ['lib/model/', 'lib/config/', 'lib/derive/', 'lib/aws/', 'lib/look/'],
    reason: 'whether an account allows a provision is asked before anything is created',
  },
  {
    folder: 'lib/run/',
    mayImport: ['lib/', 'build/typed-command.js'],
    reason: 'it combines the other folders of lib into the run of a command',
  },
];

/** The rooms whose commands a program can call. */
const ROOMS_OF_COMMANDS = [
  'provision',
  'status',
  'open',
  'logs',
  'exec',
  'history',
  'scale',
  'restart',
  'doctor',
  'run',
  'rollback',
  'teardown',
];

export const BOUNDARIES: readonly Boundary[] = [
  ...SERVICES.map((folder) => ({
    folder: `${folder}/src/`,
    mayImport: [],
    reason: 'a service becomes an image, which contains only its own folder',
  })),
  {
    folder: 'services/',
    mayImport: [],
    reason: 'users write the services: these and their tests work without Slipway',
  },
  {
    folder: 'build/',
    mayImport: [],
    reason: 'it compiles the commands, so it cannot depend on them',
  },
  {
    folder: 'prices/',
    mayImport: ['lib/cost/prices.ts'],
    reason: 'it writes the table of prices, and no command needs it',
  },
  {
    folder: 'pack/',
    mayImport: ['build/', 'lib/config/schema.ts', 'lib/config/schema-nodes.ts'],
    reason: 'it packs what the other folders contain, and only the schema of the configuration becomes types',
  },
  {
    folder: 'lib/',
    mayImport: ['build/source-locations.js', 'build/typed-command.js'],
    reason: 'both commands depend on it, so it depends on neither',
  },
  ...LIB_BOUNDARIES,
  {
    folder: 'provision/',
    mayImport: ['lib/', 'teardown/', 'sandbox/client.ts'],
    reason:
      'a provision also removes what is no longer configured; it talks to the sandbox over HTTP, as it does to AWS',
  },
  {
    folder: 'teardown/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it must work when nothing can be built; it talks to the sandbox over HTTP, as it does to AWS',
  },
  {
    folder: 'dev/',
    mayImport: [
      'lib/',
      'provision/',
      'teardown/',
      'sandbox/client.ts',
      'sandbox/intercept-client.ts',
      'sandbox/running-sandbox.ts',
    ],
    reason:
      'it provisions what is missing and removes what was not there; it sends versions to the sandbox over HTTP',
  },
  {
    folder: 'history/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it only reads, so it needs no code that creates or removes resources',
  },
  {
    folder: 'doctor/',
    mayImport: ['lib/', 'provision/', 'sandbox/client.ts'],
    reason: 'it runs the checks of a provision, and changes nothing',
  },
  {
    folder: 'logs/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it only reads a log group, so it needs no code that creates or removes resources',
  },
  {
    folder: 'open/',
    mayImport: ['lib/', 'provision/', 'sandbox/client.ts'],
    reason: 'it reports the address that a provision reports',
  },
  {
    folder: 'restart/',
    mayImport: ['lib/', 'provision/', 'rollback/', 'sandbox/client.ts'],
    reason: 'it describes a deployed service as a rollback does, and waits for it as a provision does',
  },
  {
    folder: 'scale/',
    mayImport: ['lib/', 'provision/', 'restart/', 'rollback/', 'sandbox/client.ts'],
    reason: 'it finds a running service as a restart does, and waits for it as a provision does',
  },
  {
    folder: 'run/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it starts a task of what is deployed, so it needs no code that creates or removes resources',
  },
  {
    folder: 'exec/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason:
      'it changes no resource; it opens sessions on the sandbox over HTTP and a WebSocket, as it does on AWS',
  },
  {
    folder: 'dashboard/',
    mayImport: [
      'build/typed-command.js',
      'lib/',
      'status/',
      'logs/',
      'history/',
      'provision/compare.ts',
      'sandbox/client.ts',
    ],
    reason: 'it shows what the commands that only read have found, and changes nothing',
  },
  {
    folder: 'secret/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'a secret belongs to a stack, but is no resource of its architecture',
  },
  {
    folder: 'rollback/',
    mayImport: ['lib/', 'history/', 'provision/', 'sandbox/client.ts'],
    reason:
      'it restores an entry of a history, and waits for a deployment and verifies it as a provision does',
  },
  {
    folder: 'init/',
    mayImport: ['lib/', 'build/typed-command.js'],
    reason: 'it only reads and writes files, so it needs neither AWS nor the sandbox',
  },
  {
    folder: 'status/',
    mayImport: ['lib/', 'provision/', 'sandbox/client.ts'],
    reason: 'it reports the address and the warnings that a provision reports',
  },
  {
    folder: 'api/',
    mayImport: ['lib/', ...ROOMS_OF_COMMANDS.map((room) => `${room}/start.ts`)],
    reason: 'a program calls the same functions as the command line, and sees only their options and results',
  },
  {
    folder: 'index.ts',
    mayImport: [
      'api/',
      'lib/config/define.ts',
      'lib/config/schema.ts',
      'lib/cost/stack-cost.ts',
      'lib/model/',
      'lib/run/results.ts',
      'lib/run/doctor-results.ts',
      'lib/run/logs-results.ts',
      'lib/run/steering-results.ts',
      'lib/run/run-results.ts',
      'lib/run/exec-results.ts',
      'lib/run/status-results.ts',
    ],
    reason: 'a configuration imports it, so it must load nothing before its first call',
  },
  {
    folder: 'sandbox/',
    // Exception: its help and its only advice name the command that the user typed.
    mayImport: ['build/typed-command.js'],
    reason: 'Slipway is tested on the sandbox: if the two shared code, they would share mistakes',
  },
  {
    folder: 'bench/',
    mayImport: [
      'lib/',
      'test/everything/',
      'test/browser/chromium.ts',
      'teardown/plan.ts',
      'sandbox/sandbox.ts',
      'sandbox/world/durations.ts',
    ],
    reason:
      'it runs Slipway as a user does, with the stack of the tests that has everything on, and against a sandbox in its process; it computes the shortest possible run from the graph and the durations',
  },
  {
    folder: 'slipway.config.ts',
    mayImport: ['lib/config/define.ts'],
    reason: 'a configuration gets its types from one file and runs no code of Slipway',
  },
];

/** Selects the imports that cross the boundary of a folder. */
export const violations = ({ folder, mayImport }: Boundary, imports: readonly Import[]): Import[] =>
  imports.filter(
    ({ from, to, isInternal }) =>
      isInternal &&
      from.startsWith(folder) &&
      ![folder, ...mayImport].some((allowed) => to.startsWith(allowed)),
  );

/** Matches the SDK's internals: published packages whose interface may change at any time. */
export const SDK_INTERNALS = /^@aws-sdk\/core(\/|$)|^@smithy\//;

/** For each part of the internals, the only file that may use it, so that an upgrade breaks at most that file. */
export const SDK_INTERNALS_USERS: Readonly<Record<string, string>> = {
  '@aws-sdk/core/client': 'test/unit/lib/derive/partitions.test.ts',
  '@aws-sdk/core/protocols': 'sandbox/protocol/schemas.ts',
  '@smithy/core/cbor': 'sandbox/protocol/schemas.ts',
  '@smithy/core/schema': 'sandbox/protocol/schemas.ts',
};

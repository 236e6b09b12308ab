/** The boundaries between rooms as data: which files each room may import, and why. */
import { SERVICES } from './files.ts';
import type { Import } from './source.ts';

/** The imports that the files of one room may have. */
export interface Boundary {
  /** The room, as the start of its paths. */
  readonly room: string;
  /** What its files may import from the repository, besides the room itself: starts of paths. */
  readonly mayImport: readonly string[];
  readonly reason: string;
}

/** The rooms of lib in the order of their dependencies: except where noted, each imports only rooms that precede it. */
export const LIB: readonly Boundary[] = [
  {
    room: 'lib/model/',
    mayImport: [],
    reason: 'everything else uses its vocabulary, so it depends on nothing',
  },
  {
    room: 'lib/config/',
    // Exceptions: the rules of names, the codes of system errors, and the plugin that keeps source locations.
    mayImport: ['lib/model/', 'lib/derive/names.ts', 'lib/aws/errors.ts', 'build/source-locations.js'],
    reason: 'a configuration is read and checked without AWS',
  },
  {
    room: 'lib/derive/',
    mayImport: ['lib/model/', 'lib/config/'],
    reason: 'names, tags, layout and policies are pure functions of the configuration',
  },
  {
    room: 'lib/aws/',
    // Exception: deletes within a batch of calls.
    mayImport: ['lib/model/', 'lib/derive/', 'lib/engine/delete.ts'],
    reason: 'clients, retries and errors are used by every noun, so they depend on no noun',
  },
  {
    room: 'lib/state/',
    mayImport: ['lib/model/', 'lib/derive/', 'lib/aws/'],
    reason: 'the state file records ids no matter how they were found or created',
  },
  {
    room: 'lib/image/',
    // Exception: uploads start concurrently.
    mayImport: ['lib/model/', 'lib/config/', 'lib/aws/', 'lib/engine/concurrent.ts'],
    reason: 'images are built and pushed the same way for every stack',
  },
  {
    room: 'lib/look/',
    // Exception: the look at a NAT gateway waits if the gateway is being deleted.
    mayImport: [
      'lib/model/',
      'lib/config/',
      'lib/derive/',
      'lib/aws/',
      'lib/state/',
      'lib/image/',
      'lib/engine/until.ts',
    ],
    reason: 'looking changes nothing, so it needs no code that creates or deletes',
  },
  {
    room: 'lib/engine/',
    mayImport: [
      'lib/model/',
      'lib/config/',
      'lib/derive/',
      'lib/aws/',
      'lib/state/',
      'lib/image/',
      'lib/look/',
    ],
    reason: 'steps and removals run the same way in both commands, and without a terminal',
  },
  {
    room: 'lib/run/',
    mayImport: ['lib/'],
    reason: 'it combines all of the above into the run of a command',
  },
];

export const BOUNDARIES: readonly Boundary[] = [
  ...SERVICES.map((folder) => ({
    room: `${folder}/src/`,
    mayImport: [],
    reason: 'a service becomes an image, which contains only its own folder',
  })),
  {
    room: 'services/',
    mayImport: [],
    reason: 'services are written by users: they and their tests work without Slipway',
  },
  {
    room: 'build/',
    mayImport: [],
    reason: 'it compiles the commands, so it cannot depend on them',
  },
  {
    room: 'lib/',
    mayImport: ['build/source-locations.js'],
    reason: 'both commands depend on it, so it depends on neither',
  },
  ...LIB,
  {
    room: 'provision/',
    mayImport: ['lib/', 'teardown/', 'sandbox/client.ts'],
    reason:
      'a provision also removes what is no longer configured; it talks to the sandbox over HTTP, as it does to AWS',
  },
  {
    room: 'teardown/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it must work when nothing can be built; it talks to the sandbox over HTTP, as it does to AWS',
  },
  {
    room: 'sandbox/',
    mayImport: [],
    reason: 'if they shared code, Slipway and the sandbox it is tested on would share the same mistakes',
  },
  {
    room: 'bench/',
    mayImport: ['lib/', 'teardown/plan.ts', 'sandbox/world/durations.ts'],
    reason: 'it runs Slipway as a user does; it reads the graph and the durations to compute the limit',
  },
  {
    room: 'slipway.config.ts',
    mayImport: ['lib/config/define.ts'],
    reason: 'a configuration gets its types from one file and runs no code of Slipway',
  },
];

/** Selects the imports of a room that cross its boundary. */
export const violations = ({ room, mayImport }: Boundary, imports: readonly Import[]): Import[] =>
  imports.filter(
    ({ from, to, isInternal }) =>
      isInternal && from.startsWith(room) && ![room, ...mayImport].some((open) => to.startsWith(open)),
  );

/** Matches the SDK's internals: exported packages whose interface may change. */
export const SDK_INTERNALS = /^@aws-sdk\/core(\/|$)|^@smithy\//;

/** The only file that may use each part of the internals, so that an upgrade breaks at most that file. */
export const SDK_INTERNALS_USERS: Readonly<Record<string, string>> = {
  '@aws-sdk/core/protocols': 'sandbox/protocol/schemas.ts',
  '@smithy/core/schema': 'sandbox/protocol/schemas.ts',
};

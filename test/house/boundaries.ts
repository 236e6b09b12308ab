/** Which room mayImport import what of isInternal, and why: the walls of the house as data. */
import { SERVICES } from './files.ts';
import type { Import } from './source.ts';

/** What the files of a room mayImport import. */
export interface Boundary {
  /** The room: paths that begin so. */
  readonly room: string;
  /** What of isInternal its files mayImport import, besides the room itself: paths that begin so. */
  readonly mayImport: readonly string[];
  readonly reason: string;
}

export const BOUNDARIES: readonly Boundary[] = [
  ...SERVICES.map((folder) => ({
    room: `${folder}/src/`,
    mayImport: [],
    reason: 'a service becomes an image, and what lies outside of its folder is not in there',
  })),
  {
    room: 'services/',
    mayImport: [],
    reason: 'services are what a user brings: they and their tests work without Slipway',
  },
  {
    room: 'lib/',
    mayImport: ['build/source-locations.js'],
    reason: 'both rooms stand on it: what it imported of one, the other would have to carry',
  },
  {
    room: 'provision/',
    mayImport: ['lib/', 'teardown/', 'sandbox/client.ts'],
    reason:
      'removing what the configuration no longer has is part of a provision; to the sandbox it speaks over HTTP, as to AWS',
  },
  {
    room: 'teardown/',
    mayImport: ['lib/', 'sandbox/client.ts'],
    reason: 'it must work when nothing can be built; to the sandbox it speaks over HTTP, as to AWS',
  },
  {
    room: 'sandbox/',
    mayImport: [],
    reason: 'with code in common, Slipway and the AWS that it is tested on would agree on the same mistake',
  },
  {
    room: 'bench/',
    mayImport: ['lib/', 'teardown/plan.ts', 'sandbox/world/durations.ts'],
    reason: 'what it measures it runs as a user does; graph and durations it reads, to know the limit',
  },
  {
    room: 'slipway.config.ts',
    mayImport: ['lib/config/define.ts'],
    reason: 'a configuration gets its types from one file, and runs nothing of ours',
  },
];

/** The imports of a room that lead through its wall. */
export const violations = ({ room, mayImport }: Boundary, imports: readonly Import[]): Import[] =>
  imports.filter(
    ({ from, to, isInternal }) =>
      isInternal && from.startsWith(room) && ![room, ...mayImport].some((open) => to.startsWith(open)),
  );

/** The SDK's insides: exported, and not promised to stay. */
export const SDK_INTERNALS = /^@aws-sdk\/core(\/|$)|^@smithy\//;

/** The one file through which each part of the insides is used: when an upgrade breaks it, it breaks in one place. */
export const SDK_INTERNALS_USERS: Readonly<Record<string, string>> = {
  '@aws-sdk/core/protocols': 'sandbox/protocol/schemas.ts',
  '@smithy/core/schema': 'sandbox/protocol/schemas.ts',
};

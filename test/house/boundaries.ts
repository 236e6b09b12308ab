/** Which room may import what of ours, and why: the walls of the house as data. */
import { SERVICES } from './files.ts';
import type { Import } from './source.ts';

/** What the files of a room may import. */
export interface Wall {
  /** The room: paths that begin so. */
  readonly room: string;
  /** What of ours its files may import, besides the room itself: paths that begin so. */
  readonly may: readonly string[];
  readonly because: string;
}

export const WALLS: readonly Wall[] = [
  ...SERVICES.map((folder) => ({
    room: `${folder}/src/`,
    may: [],
    because: 'a service becomes an image, and what lies outside of its folder is not in there',
  })),
  {
    room: 'services/',
    may: [],
    because: 'services are what a user brings: they and their tests work without Slipway',
  },
  {
    room: 'lib/',
    may: ['build/source-locations.js'],
    because: 'both rooms stand on it: what it imported of one, the other would have to carry',
  },
  {
    room: 'provision/',
    may: ['lib/', 'teardown/', 'sandbox/client.ts'],
    because:
      'removing what the configuration no longer has is part of a provision; to the sandbox it speaks over HTTP, as to AWS',
  },
  {
    room: 'teardown/',
    may: ['lib/', 'sandbox/client.ts'],
    because: 'it must work when nothing can be built; to the sandbox it speaks over HTTP, as to AWS',
  },
  {
    room: 'sandbox/',
    may: [],
    because: 'with code in common, Slipway and the AWS that it is tested on would agree on the same mistake',
  },
  {
    room: 'bench/',
    may: ['lib/', 'teardown/plan.ts', 'sandbox/world/durations.ts'],
    because: 'what it measures it runs as a user does; graph and durations it reads, to know the limit',
  },
  {
    room: 'slipway.config.ts',
    may: ['lib/config/define.ts'],
    because: 'a configuration gets its types from one file, and runs nothing of ours',
  },
];

/** The imports of a room that lead through its wall. */
export const through = ({ room, may }: Wall, imports: readonly Import[]): Import[] =>
  imports.filter(
    ({ from, to, ours }) =>
      ours && from.startsWith(room) && ![room, ...may].some((open) => to.startsWith(open)),
  );

/** The SDK's insides: exported, and not promised to stay. */
export const INSIDES = /^@aws-sdk\/core(\/|$)|^@smithy\//;

/** The one file through which each part of the insides is used: when an upgrade breaks it, it breaks in one place. */
export const DOORS: Readonly<Record<string, string>> = {
  '@aws-sdk/core/protocols': 'sandbox/protocol/schemas.ts',
  '@smithy/core/schema': 'sandbox/protocol/schemas.ts',
};

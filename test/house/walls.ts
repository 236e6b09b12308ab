/** Which room may import what of ours, and why: the walls of the house as data. */

/** What the files of a room may import. */
export interface Wall {
  /** The room: paths that begin so. */
  readonly room: string;
  /** What of ours its files may import, besides the room itself: paths that begin so. */
  readonly may: readonly string[];
  readonly because: string;
}

export const WALLS: readonly Wall[] = [
  {
    room: 'services/api1/src/',
    may: [],
    because:
      'a service becomes an image: what lies outside of its folder is not in there, and it knows nothing of AWS',
  },
  {
    room: 'services/api2/src/',
    may: [],
    because:
      'a service becomes an image: what lies outside of its folder is not in there, and it knows nothing of AWS',
  },
  {
    room: 'services/',
    may: [],
    because: 'the services are what a user brings: they must work without Slipway, and so must their tests',
  },
  {
    room: 'lib/',
    may: [],
    because: 'both rooms stand on it: what it imported of one, the other would have to carry',
  },
  {
    room: 'provision/',
    may: ['lib/', 'teardown/', 'sandbox/door.ts'],
    because:
      'to take away what the configuration no longer has is part of a provision, and the removals are there; the sandbox is spoken to over HTTP, as AWS is',
  },
  {
    room: 'teardown/',
    may: ['lib/', 'sandbox/door.ts'],
    because: 'a teardown must work when nothing can be built; the sandbox is spoken to over HTTP, as AWS is',
  },
  {
    room: 'sandbox/',
    may: [],
    because: 'with code in common, Slipway and the AWS that it is tested on would agree on the same mistake',
  },
  {
    room: 'slipway.config.ts',
    may: ['lib/config/define.ts'],
    because: 'a configuration gets its types from one file, and runs nothing of ours',
  },
];

/** Packages that only one file may import. */
export const DOORS: readonly {
  readonly packages: RegExp;
  readonly only: string;
  readonly because: string;
}[] = [
  {
    packages: /^@aws-sdk\/core(\/|$)|^@smithy\//,
    only: 'sandbox/protocol/schemas.ts',
    because: 'these exports are not promised to stay: when an upgrade breaks them, it breaks in one place',
  },
];

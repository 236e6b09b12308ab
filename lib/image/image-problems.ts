/** The problems of images that Slipway builds from layers: no space on the disk, an unsafe cache, and an unusable base image. */
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

const MIB = 1024 * 1024;
const inMib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;

/**
 * The disk of the cache is full, or almost.
 * @param size bytes to write, if that is known
 * @param free free bytes, if they are known
 */
export function diskFull(
  folder: string,
  { size, free, cause }: { readonly size?: number; readonly free?: number; readonly cause?: unknown },
): Problem {
  const needed = size === undefined ? 'the next layer' : inMib(size);
  const why =
    free === undefined
      ? `The disk of ${folder} has no space for ${needed}: ${messageOf(cause)}.`
      : `The disk of ${folder} has ${inMib(free)} free, which is too little for ${needed}.`;
  return problem('DISK_FULL', {
    what: 'The layers of an image cannot be stored on this machine.',
    why,
    now: 'No incomplete layer was kept, and the image was not pushed.',
    fix: [
      `Free some space; ${folder} can be deleted at any time.`,
      'or use a folder on another disk: export SLIPWAY_CACHE=…',
    ],
    cause,
  });
}

/** Another user can write to the folder of the cache. @param reason whether that user owns it, or its mode allows it */
export const cacheNotPrivate = (folder: string, reason: 'owner' | 'mode'): Problem =>
  problem('CACHE_FOLDER', {
    what: `The cache of images in ${folder} is not private.`,
    why:
      reason === 'owner'
        ? 'Another user owns the folder, and could replace the layers of your images.'
        : 'Its group or other users can write to the folder, and could replace the layers of your images.',
    now: NOTHING_CHANGED,
    fix: [
      ...(reason === 'mode' ? [`chmod go-w ${folder}, if you trust what it contains`] : []),
      `${reason === 'mode' ? 'or use' : 'Use'} a folder that only you can write to: export SLIPWAY_CACHE=…`,
    ],
  });

/** A reason why a base image cannot be used, with the reference that it is about. */
export interface BaseRefusal {
  readonly reference: string;
  /** A clause without a full stop, such as `docker.io answers 429`. */
  readonly why: string;
  readonly cause?: unknown;
}

const WAYS_AROUND = [
  'Check that this machine can reach the registry, and run the command again: everything downloaded so far is kept.',
  'or start docker or podman, which use your own logins and mirrors',
];

/** No registry provides the base image. @param refusals one for each registry that was asked, at least one */
export const baseUnavailable = (what: string, refusals: readonly BaseRefusal[]): Problem =>
  problem('BASE_IMAGE', {
    what,
    why: refusals.map(({ reference, why }) => `${reference}: ${why}.`).join('\n'),
    now: NOTHING_CHANGED,
    fix: WAYS_AROUND,
    cause: refusals[0]?.cause,
  });

/** A layer of the base image cannot be downloaded. */
export const baseLayerUnavailable = ({ reference, why, cause }: BaseRefusal): Problem =>
  problem('BASE_IMAGE', {
    what: `The base image ${reference} cannot be downloaded.`,
    why: `${why}.`,
    now: 'The image was not pushed. Layers that were downloaded are kept in the cache.',
    fix: WAYS_AROUND,
    cause,
  });

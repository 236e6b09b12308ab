/** Builds an image from a source folder as it is, without a container engine: decides what starts, lists the files, packs layers. */
import { architectureNames } from '../config/fargate.ts';
import { shownPath } from '../config/location.ts';
import type { Clock } from '../model/clock.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { startOfProgram } from '../program/decide-start.ts';
import { packageFiles, type PackageOptions } from '../program/files.ts';
import { InstalledPackages } from '../program/installed-packages.ts';
import type { StartSettings } from '../program/start.ts';
import type { PackagedFiles } from '../program/entries.ts';
import { BaseImages } from './base-image.ts';
import { BlobCache } from './blob-cache.ts';
import { buildLayers } from './build-layers.ts';
import type { LayeredImage, PackagedProgram } from './builds.ts';
import { nodeBaseReferences } from './node-base.ts';

export interface PackagingOptions {
  /** Whether images have a base image; true by default. Those for the sandbox have none: it supplies Node. */
  readonly hasBase?: boolean;
  /** The folder of the cache, absolute. */
  readonly cacheFolder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with one sentence for each difference between the folder, or its Dockerfile, and the image. */
  readonly note: (text: string) => void;
  /** Returns the names of the base image for a major version of Node; by default those of the official images. */
  readonly baseReferences?: (major: number | undefined) => readonly string[];
}

/** Builds an image. @param onProgram called when the files are known, before the layers are packed */
export type BuildPackaged = (
  folder: string,
  settings?: StartSettings,
  onProgram?: (program: PackagedProgram) => void,
) => Promise<LayeredImage>;

/**
 * Makes the function that builds images for AWS. The builds of a run share downloads of base images.
 * @returns a function of an absolute folder that throws NO_PROGRAM, SEVERAL_PROGRAMS, PACKAGE, BASE_IMAGE, DISK_FULL, CACHE_FOLDER, and
 *   BUILDER if the program needs a base image other than Node's
 */
export function packagedBuilder(options: PackagingOptions): BuildPackaged {
  const { cacheFolder, clock, signal, note, hasBase = true, baseReferences = nodeBaseReferences } = options;
  const cache = new BlobCache(cacheFolder);
  const imagesFor = new Map<string, BaseImages>();
  const baseImagesFor = (architecture: string): BaseImages => {
    const images = imagesFor.get(architecture) ?? new BaseImages({ cache, architecture, clock, signal });
    imagesFor.set(architecture, images);
    return images;
  };
  let cleaning: Promise<void> | undefined;
  const listFiles = makeFileLister();
  return async (folder, settings, onProgram) => {
    await cache.requirePrivate();
    const start = startOfProgram(folder, settings);
    if (start.base.kind === 'other') throw needsEngine(folder, start.base.reference, hasBase);
    // The sandbox runs tasks as processes of this machine.
    const names = architectureNames(settings?.architecture);
    const platform = hasBase ? { os: 'linux', cpu: names.node } : { os: process.platform, cpu: process.arch };
    const files = await listFiles({ folder, start, platform });
    signal.throwIfAborted();
    for (const text of [...start.differences, ...files.notes]) note(`${shownPath(folder)}: ${text}`);
    onProgram?.({ files, start });
    const base = hasBase
      ? { images: baseImagesFor(names.image), references: baseReferences(start.base.major) }
      : undefined;
    const { writable, architecture } = settings ?? {};
    const image = await buildLayers({ files, start, writable }, base, cache, { architecture, signal });
    // What this build has used is recent, so it stays.
    await (cleaning ??= cache.removeUnused(clock.now()));
    return { ...image, packaged: { files, start } };
  };
}

/** Makes a function that lists the files of programs. Packages are read once for all programs that are listed at the same time. */
function makeFileLister(): (options: PackageOptions) => Promise<PackagedFiles> {
  let installed = new InstalledPackages();
  let pending = 0;
  return async (options) => {
    if (pending === 0) installed = new InstalledPackages();
    pending += 1;
    try {
      return await packageFiles({ ...options, installed });
    } finally {
      pending -= 1;
    }
  };
}

/** A program that is not Node's cannot be built. @param hasBase whether images have a base image, i.e. are not for the sandbox */
export const needsEngine = (folder: string, reference: string, hasBase: boolean): Problem =>
  problem('BUILDER', {
    what: `${shownPath(folder)} cannot be built without a container engine.`,
    why: `Its Dockerfile builds on ${reference}. Without an engine, Slipway ${hasBase ? "builds on Node's own image" : 'packages Node programs'} only.`,
    now: NOTHING_CHANGED,
    fix: [
      hasBase
        ? 'Install docker or podman, or start its engine; docker version or podman version shows whether it responds.'
        : 'Install docker, podman, finch or buildah, e.g. apt-get install podman runc: the sandbox runs what it builds with runc or crun, on Linux.',
      ...(hasBase
        ? []
        : ['or set `entry` of the container, if the folder has a Node program that should start instead']),
      'or give the container an `image` by reference instead of `source`',
    ],
  });

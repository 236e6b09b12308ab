/** Decides how the images of a run are built, and builds each of them once. */
import { containersOf, type Config, type Container, type Service, type Source } from '../config/config.ts';
import { startSettingsOf } from '../config/program.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { Build, Builds, BuiltProgram } from './builds.ts';
import { bundle } from './bundle.ts';
import { imageCacheFolder } from './cache-folder.ts';
import { dockerBuild, dockerfileFor } from './docker.ts';
import { otherProgramBuilder } from './engine-build.ts';
import { ENGINES, findEngine } from './engine.ts';
import { packagedBuilder, type PackagingOptions } from './packaged-build.ts';

export interface BuildOptions {
  /** The endpoint of the target `aws`, when it is not AWS's own. */
  readonly endpoint: string | undefined;
  readonly report: Report;
  /** Ends builds and their downloads. */
  readonly signal?: AbortSignal;
  /** The clock of the run; by default that of this machine. */
  readonly clock?: Clock;
  /** Replaces how images are built without a container engine, e.g. the folder of the cache. */
  readonly packaging?: Partial<PackagingOptions>;
}

/** The settings that a build depends on: two containers with the same settings share a build. */
type BuildSettings = Pick<Container, 'entryPoint' | 'command' | 'user' | 'writable'> &
  Pick<Service, 'architecture'> & { readonly source: Source };

/** Makes a build. @param onProgram called when the files of the program are known, if that is before the build is done */
type MakeBuild = (settings: BuildSettings, onProgram: (program: BuiltProgram) => void) => Promise<Build>;

interface StartedBuild {
  readonly build: Promise<Build>;
  readonly program: Promise<BuiltProgram | undefined>;
}

/**
 * Opens the builds of a run. They are lazy: before the first use, nothing is built and no container engine is looked for.
 * Containers with the same source folder and the same command share a build.
 */
export function openBuilds(config: Config, options: BuildOptions): Builds {
  const sources = new Map(
    config.services.flatMap(({ architecture, containers }) =>
      containers.flatMap(({ key, image, entryPoint, command, user, writable }) =>
        'source' in image
          ? [[key, { source: image, entryPoint, command, user, writable, architecture }] as const]
          : [],
      ),
    ),
  );
  const builds = new Map<string, StartedBuild>();
  let builder: Promise<MakeBuild> | undefined;
  const make = async (settings: BuildSettings, onProgram: (program: BuiltProgram) => void) => {
    builder ??= chooseBuilder(config, options);
    return (await builder)(settings, onProgram);
  };
  const start = (key: string): StartedBuild => {
    const settings = sources.get(key);
    if (settings === undefined) throw new Error(`The container ${key} is not built from source`);
    const sourceKey = JSON.stringify(settings);
    const started = builds.get(sourceKey) ?? startBuild((onProgram) => make(settings, onProgram));
    builds.set(sourceKey, started);
    return started;
  };
  return {
    isEmulator: options.endpoint !== undefined,
    of: async (key) => start(key).build,
    programOf: async (key) => start(key).program,
  };
}

function startBuild(make: (onProgram: (program: BuiltProgram) => void) => Promise<Build>): StartedBuild {
  let setProgram: (program: BuiltProgram | undefined) => void = () => undefined;
  const program = new Promise<BuiltProgram | undefined>((resolve) => (setProgram = resolve));
  const build = make(setProgram);
  build.then(
    (made) => setProgram(programIn(made)),
    () => setProgram(undefined),
  );
  return { build, program };
}

const programIn = (build: Build): BuiltProgram | undefined =>
  build.kind === 'bundle' ? build.program : build.kind === 'layers' ? build.packaged : undefined;

/**
 * Starts every build in the background; a failure is reported to the callers of `Builds.of`.
 * @returns a promise that resolves when all of them have ended, also by a failure
 */
export async function startBuilds(config: Config, builds: Builds): Promise<void> {
  const started = containersOf(config).flatMap(({ key, image }) =>
    'source' in image ? [builds.of(key)] : [],
  );
  await Promise.allSettled(started);
}

/**
 * Chooses how to build. On AWS an image needs a base image: a container engine runs the Dockerfile, and without an engine or a
 * Dockerfile, Slipway puts the program on Node's image. The sandbox supplies Node, so a Node program is packaged without a base
 * image. Any other program needs an engine there, too. Engines cannot push to the sandbox's registry: Slipway exports the image.
 */
async function chooseBuilder({ builder, target }: Config, options: BuildOptions): Promise<MakeBuild> {
  const { endpoint, report } = options;
  const bundleSource: MakeBuild = ({ source: { source: folder, ...settings }, architecture, writable }) =>
    bundle(folder, settings, { architecture, writable });
  const packageSource = (hasBase: boolean): MakeBuild => {
    const build = packagedBuilder({ hasBase, ...packagingOf(options) });
    return ({ source, architecture, ...container }, onProgram) =>
      build(source.source, { ...startSettingsOf(source, container), architecture }, onProgram);
  };
  if (target === 'sandbox') {
    if (builder === 'bundle') return bundleSource;
    const exportFolder = packagingOf(options).cacheFolder;
    if (builder === 'docker') {
      const engine = await findEngine();
      if (engine === undefined) throw noEngine();
      return async ({ source, architecture }) => ({
        ...(await dockerBuild(engine, source, architecture)),
        exportFolder,
      });
    }
    const packaged = packageSource(false);
    const buildOther = otherProgramBuilder(exportFolder);
    return async (settings, onProgram) =>
      (await buildOther(settings.source, settings)) ?? packaged(settings, onProgram);
  }
  const engine = builder === 'bundle' ? undefined : await findEngine();
  if (builder === 'docker' && engine === undefined) throw noEngine();
  if (builder === 'auto' && endpoint === undefined) {
    const packaged = packageSource(true);
    return (settings, onProgram) =>
      engine !== undefined && dockerfileFor(engine, settings.source) !== undefined
        ? dockerBuild(engine, settings.source, settings.architecture)
        : packaged(settings, onProgram);
  }
  if (engine !== undefined) return ({ source, architecture }) => dockerBuild(engine, source, architecture);
  report({
    type: 'warning',
    text: 'Images are bundled: they have no base image and only run in the sandbox.',
  });
  return bundleSource;
}

const packagingOf = ({ report, signal, clock, packaging }: BuildOptions): PackagingOptions => ({
  cacheFolder: imageCacheFolder(),
  clock: clock ?? systemClock,
  signal: signal ?? new AbortController().signal,
  note: (text) => report({ type: 'note', text }),
  ...packaging,
});

const noEngine = (): Problem =>
  problem('BUILDER', {
    what: 'There is nothing to build images with.',
    why: `None of ${ENGINES.join(', ')} is on the PATH with its engine running.`,
    now: NOTHING_CHANGED,
    fix: [
      'Install docker, podman, finch or buildah, or start its engine; docker version or podman version shows whether it responds.',
      'or leave out --builder docker, or `builder` in slipway.config.ts: Node programs are packaged without an engine',
      'or give each container an `image` by reference instead of `source`',
    ],
  });

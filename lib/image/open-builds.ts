/** Decides how the images of a run are built, and builds each of them once. */
import { containersOf, type Config } from '../config/config.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { Build, Builds } from './builds.ts';
import { bundle } from './bundle.ts';
import { dockerBuild } from './docker.ts';
import { findEngine } from './engine.ts';

export interface BuildOptions {
  /** The endpoint of the target `aws`, when it is not AWS's own. */
  readonly endpoint: string | undefined;
  readonly report: Report;
}

type MakeBuild = (folder: string) => Promise<Build>;

/**
 * Opens the builds of a run. They are lazy: before the first use, nothing is built and no container engine is looked for.
 * Containers with the same source folder share a build.
 */
export function openBuilds(config: Config, options: BuildOptions): Builds {
  const sources = new Map(
    containersOf(config).flatMap(({ key, image }) =>
      'source' in image ? [[key, image.source] as const] : [],
    ),
  );
  const builds = new Map<string, Promise<Build>>();
  let builder: Promise<MakeBuild> | undefined;
  const make = async (folder: string) => {
    builder ??= chooseBuilder(config, options);
    return (await builder)(folder);
  };
  return {
    isEmulator: options.endpoint !== undefined,
    async of(key) {
      const folder = sources.get(key);
      if (folder === undefined) throw new Error(`The container ${key} is not built from source`);
      const build = builds.get(folder) ?? make(folder);
      builds.set(folder, build);
      return build;
    },
  };
}

/** Starts every build in the background; a failure is reported to the callers of `Builds.of`. */
export function startBuilds(config: Config, builds: Builds): void {
  for (const { key, image } of containersOf(config)) {
    if ('source' in image) builds.of(key).catch(() => undefined);
  }
}

/**
 * Chooses how to build. On AWS an image needs a base image, which only a container engine can add. The sandbox needs no base
 * image, and container engines cannot push to the sandbox's registry.
 */
async function chooseBuilder(
  { builder, target }: Config,
  { endpoint, report }: BuildOptions,
): Promise<MakeBuild> {
  if (target === 'sandbox') {
    if (builder === 'docker') throw notInTheSandbox();
    return bundle;
  }
  const engine = builder === 'bundle' ? undefined : await findEngine();
  if (engine !== undefined) return (folder) => dockerBuild(engine, folder);
  if (builder === 'docker' || (builder === 'auto' && endpoint === undefined)) throw noEngine();
  report({
    type: 'warning',
    text: 'Images are bundled: they have no base image and only run in the sandbox.',
  });
  return bundle;
}

const noEngine = (): Problem =>
  problem('BUILDER', {
    what: 'There is nothing to build images with.',
    why: 'Neither docker nor podman is on the PATH with its engine running, and AWS cannot run an image without a base image.',
    now: NOTHING_CHANGED,
    fix: [
      'Install docker or podman, or start its engine; docker version or podman version shows whether it responds.',
      'or give each container an `image` by reference instead of `source`',
      'or leave out --target aws: the sandbox needs neither (--builder bundle is for the sandbox only)',
    ],
  });

const notInTheSandbox = (): Problem =>
  problem('BUILDER', {
    what: 'The sandbox does not run images that docker builds.',
    why: 'Such an image needs its base image and a container runtime. The sandbox runs tasks as processes of this machine.',
    now: NOTHING_CHANGED,
    fix: ['Leave out --builder docker, or `builder` in slipway.config.ts: sources are bundled.'],
  });

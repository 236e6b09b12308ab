/** Decides how the images of a run are built, and builds each of them once. */
import { containersOf, type Config, type Source } from '../config/config.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { Build, Builds } from './builds.ts';
import { bundle } from './bundle.ts';
import { dockerBuild } from './docker.ts';
import { ENGINES, findEngine } from './engine.ts';

export interface BuildOptions {
  /** The endpoint of the target `aws`, when it is not AWS's own. */
  readonly endpoint: string | undefined;
  readonly report: Report;
}

type MakeBuild = (source: Source) => Promise<Build>;

/**
 * Opens the builds of a run. They are lazy: before the first use, nothing is built and no container engine is looked for.
 * Containers with the same source share a build.
 */
export function openBuilds(config: Config, options: BuildOptions): Builds {
  const sources = new Map(
    containersOf(config).flatMap(({ key, image }) => ('source' in image ? [[key, image] as const] : [])),
  );
  const builds = new Map<string, Promise<Build>>();
  let builder: Promise<MakeBuild> | undefined;
  const make = async (source: Source) => {
    builder ??= chooseBuilder(config, options);
    return (await builder)(source);
  };
  return {
    isEmulator: options.endpoint !== undefined,
    async of(key) {
      const source = sources.get(key);
      if (source === undefined) throw new Error(`The container ${key} is not built from source`);
      const id = JSON.stringify(source);
      const build = builds.get(id) ?? make(source);
      builds.set(id, build);
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
    return makeBundle;
  }
  const engine = builder === 'bundle' ? undefined : await findEngine();
  if (engine !== undefined) return (source) => dockerBuild(engine, source);
  if (builder === 'docker' || (builder === 'auto' && endpoint === undefined)) throw noEngine();
  report({
    type: 'warning',
    text: 'Images are bundled: they have no base image and only run in the sandbox.',
  });
  return makeBundle;
}

const makeBundle: MakeBuild = ({ source, ...settings }) => bundle(source, settings);

const noEngine = (): Problem =>
  problem('BUILDER', {
    what: 'There is nothing to build images with.',
    why: `None of ${ENGINES.join(', ')} is on the PATH with its engine running, and AWS cannot run an image without a base image.`,
    now: NOTHING_CHANGED,
    fix: [
      'Install docker, podman, finch or buildah, or start its engine; docker version or podman version shows whether it responds.',
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

/** Decides how the images of a run are made, and makes each once. */
import { containersOf, type Config } from '../config/config.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import type { Build, Builds } from './builds.ts';
import { bundle } from './bundle.ts';
import { dockerBuild } from './docker.ts';
import { findEngine } from './engine.ts';

export interface BuildOptions {
  /** Of the target `aws`, when it is another endpoint than AWS's own. */
  readonly endpoint: string | undefined;
  readonly report: Report;
}

type MakeBuild = (folder: string) => Promise<Build>;

/**
 * The builds of a run. Nothing is made, and no container engine is looked for, before the first is asked for;
 * containers with the same source folder share one.
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
    emulator: options.endpoint !== undefined,
    async of(key) {
      const folder = sources.get(key);
      if (folder === undefined) throw new Error(`The container ${key} is not made from source`);
      const build = builds.get(folder) ?? make(folder);
      builds.set(folder, build);
      return build;
    },
  };
}

/** Begins with every image, for who is going to ask for all of them; what fails is told to who asks. */
export function startBuilds(config: Config, builds: Builds): void {
  for (const { key, image } of containersOf(config)) {
    if ('source' in image) builds.of(key).catch(() => undefined);
  }
}

/**
 * On AWS an image needs a base, which only a container engine puts beneath it; in the sandbox it needs none, and its
 * registry has no way in for engines.
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
    text: 'Images are bundled: such an image has no base image and runs on the sandbox alone.',
  });
  return bundle;
}

const noEngine = (): Problem =>
  problem('BUILDER', {
    what: 'There is nothing to build images with.',
    why: 'Neither docker nor podman is on the PATH with its engine running, and AWS runs no image without a base.',
    now: NOTHING_CHANGED,
    fix: [
      'Install docker or podman, or start its engine; docker version or podman version says whether it answers.',
      'or give each container an `image` by reference instead of `source`',
      'or leave out --target aws: the sandbox needs neither (--builder bundle is for the sandbox alone)',
    ],
  });

const notInTheSandbox = (): Problem =>
  problem('BUILDER', {
    what: 'The sandbox takes no images from docker.',
    why: 'Its registry has the API of ECR, but not the one that container engines push to.',
    now: NOTHING_CHANGED,
    fix: ['Leave out --builder docker, or `builder` in slipway.config.ts: sources are bundled.'],
  });

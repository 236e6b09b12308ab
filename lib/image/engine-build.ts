/** Builds the images that only a container engine can build for the sandbox: those of programs that are not Node's. */
import type { Container, Source } from '../config/config.ts';
import { startOfContainer } from '../config/program.ts';
import type { DockerBuild } from './builds.ts';
import { dockerBuild } from './docker.ts';
import { findEngine } from './engine.ts';
import { needsEngine } from './packaged-build.ts';

type OtherBuild = (
  source: Source,
  container: Pick<Container, 'command' | 'user'>,
) => Promise<DockerBuild | undefined>;

/**
 * Makes a function that describes such builds. It looks for an engine once, when the first program needs one.
 * @param exportFolder the folder of the cache, absolute
 * @returns a function that returns undefined for a Node program, and throws NO_PROGRAM, SEVERAL_PROGRAMS, and BUILDER without an engine
 */
export function otherProgramBuilder(exportFolder: string): OtherBuild {
  let engine: ReturnType<typeof findEngine> | undefined;
  return async (source, container) => {
    const { base } = startOfContainer(source, container);
    if (base.kind !== 'other') return undefined;
    const found = await (engine ??= findEngine());
    if (found === undefined) throw needsEngine(source.source, base.reference, false);
    return { ...(await dockerBuild(found, source)), exportFolder };
  };
}
